package io.github.modernbert.hub;

import io.github.modernbert.files.FileNames;
import io.github.modernbert.hub.HubException.Reason;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Which files of a repository are wanted: those of a model, or what a caller's patterns say. */
final class Selection {
  private static final Selection OF_MODEL = new Selection(ModelFiles.PATTERNS, true);

  private final FilePatterns patterns;
  private final boolean isModel;

  private Selection(List<String> patterns, boolean isModel) {
    this.patterns = new FilePatterns(patterns);
    this.isModel = isModel;
  }

  static Selection ofModel() {
    return OF_MODEL;
  }

  static Selection of(List<String> patterns) {
    return new Selection(patterns, false);
  }

  /**
   * The wanted ones of all files.
   *
   * @throws HubException if there are none, or not what a model needs, or a name is not safe
   */
  List<RemoteFile> of(RepoName name, List<RemoteFile> listed) {
    List<RemoteFile> files = listed.stream().filter(file -> patterns.matches(file.path())).toList();
    for (RemoteFile file : files) {
      if (!CacheFolder.isSafe(file.path())) {
        throw new HubException(
            Reason.SERVER,
            "%s: a file has an unsafe name, '%s'".formatted(name, printable(file.path())));
      }
      requireSpelled(name, file.path());
    }
    Set<String> paths = new HashSet<>(files.stream().map(RemoteFile::path).toList());
    if (isModel && !ModelFiles.isModel(paths::contains)) {
      throw new HubException(
          Reason.FILE_NOT_FOUND,
          ("%s: has no config.json with model.safetensors or pytorch_model.bin (or an index), and"
                  + " no adapter; there are %s")
              .formatted(name, sample(listed)));
    }
    if (files.isEmpty()) {
      throw new HubException(
          Reason.FILE_NOT_FOUND,
          "%s: no file fits the patterns; there are %s".formatted(name, sample(listed)));
    }
    return isModel ? ModelFiles.withoutDoubleWeights(files) : files;
  }

  /** Refuses a part of a path in the cache that this JVM cannot spell. */
  static void requireSpelled(RepoName name, String part) {
    String hint = FileNames.encodingHint(part);
    if (!hint.isEmpty()) {
      throw new HubException(
          Reason.CACHE, "%s: '%s' cannot be a file%s".formatted(name, printable(part), hint));
    }
  }

  private static String sample(List<RemoteFile> files) {
    String some =
        files.stream()
            .limit(8)
            .map(file -> printable(file.path()))
            .collect(Collectors.joining(", "));
    return files.isEmpty() ? "no files" : files.size() > 8 ? some + ", ..." : some;
  }

  private static String printable(String path) {
    String clean = path.replaceAll("\\p{Cntrl}", "?");
    return clean.length() <= 80 ? clean : clean.substring(0, 80) + "...";
  }

  /** Whether a folder without a listing can be judged: that of an older Python client. */
  boolean mayBeUnlisted() {
    return isModel;
  }
}
