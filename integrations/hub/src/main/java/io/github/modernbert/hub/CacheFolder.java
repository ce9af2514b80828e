package io.github.modernbert.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A model's part of the cache, laid out as the Python client does:
 *
 * <pre>
 * models--organisation--name/
 *   blobs/                contents, named by their hash
 *   refs/main             which commit the branch was last
 *   snapshots/COMMIT/     the files of a commit: links to blobs
 *   trees/COMMIT.json     the listing of a commit
 * .locks/models--organisation--name/
 * </pre>
 */
final class CacheFolder {
  private static final System.Logger LOG = System.getLogger(CacheFolder.class.getName());
  private static final int LONGEST_NAME = 200;

  /** Matches what is no name of a file on some system, or no plain one. */
  private static final Pattern UNSAFE = Pattern.compile("[\\\\:*?\"<>|\\p{Cntrl}]|[. ]$|^\\.\\.?$");

  private static final String TAG =
      """
      Signature: 8a477f597d28d172789f06886806bc55
      # This file is a cache directory tag created by huggingface_hub.
      # For information about cache directory tags, see:
      #\thttps://bford.info/cachedir/
      """;

  private final Path root;
  private final Path storage;
  private final Path locks;
  private final boolean symlinks;

  CacheFolder(Path root, RepoName name, boolean symlinks) {
    this.root = root;
    this.symlinks = symlinks;
    storage = root.resolve(name.folderName());
    locks = root.resolve(".locks").resolve(name.folderName());
  }

  Path blob(RemoteFile file) {
    return storage.resolve("blobs").resolve(file.etag());
  }

  /** Waits until nobody else is at work on the file's content. */
  BlobLock lock(RemoteFile file) throws IOException, InterruptedException {
    return BlobLock.take(locks, file.etag() + ".lock");
  }

  Path snapshot(String commit) {
    return storage.resolve("snapshots").resolve(commit);
  }

  ListingFile listing(String commit) {
    return new ListingFile(storage.resolve("trees").resolve(commit + ".json"));
  }

  /** Whether a path of a repository is a plain relative one on every system. */
  static boolean isSafe(String path) {
    for (String part : path.split("/", -1)) {
      if (part.isEmpty() || part.length() > LONGEST_NAME || UNSAFE.matcher(part).find()) {
        return false;
      }
    }
    return true;
  }

  /** Whether a snapshot has a file, of the listed size if there is one. */
  boolean has(String commit, RemoteFile file) {
    return isWhole(snapshot(commit).resolve(file.path()), file);
  }

  /** Whether there is a file, of the listed size if there is one. */
  static boolean isWhole(Path path, RemoteFile file) {
    try {
      return Files.isRegularFile(path) && (!file.isKnown() || Files.size(path) == file.bytes());
    } catch (IOException e) {
      return false;
    }
  }

  /** Makes the folders of a model, and marks the cache as one for programs that make backups. */
  void create() throws IOException {
    Files.createDirectories(storage.resolve("blobs"));
    Path tag = root.resolve("CACHEDIR.TAG");
    if (!Files.exists(tag)) {
      try {
        AtomicFile.write(tag, TAG);
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "cache not marked", e);
      }
    }
  }

  /** The commit of a revision when it was last asked for. */
  Optional<String> ref(String revision) {
    Path file = storage.resolve("refs").resolve(revision);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readString(file).strip()).filter(RepoName::isCommit);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "ref not read", e);
      return Optional.empty();
    }
  }

  /** Notes the commit of a revision; a cache that cannot be written is still one to read. */
  void writeRef(String revision, String commit) {
    if (revision.equals(commit) || ref(revision).equals(Optional.of(commit))) {
      return;
    }
    Path file = storage.resolve("refs").resolve(revision);
    try {
      Files.createDirectories(file.getParent());
      AtomicFile.write(file, commit);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "ref not written", e);
    }
  }

  /**
   * Puts a blob into a snapshot: as a relative link, or, where there are none, the file itself.
   *
   * @param isNew whether nothing else refers to the blob yet, so that it may be moved
   */
  void place(String commit, RemoteFile file, boolean isNew) throws IOException {
    Path target = snapshot(commit).resolve(file.path());
    Path folder = Files.createDirectories(target.getParent());
    Path inside = snapshot(commit).toRealPath();
    if (!folder.toRealPath().startsWith(inside)) {
      throw new IOException(folder + " leads out of " + inside);
    }
    Path blob = blob(file);
    Files.deleteIfExists(target);
    IOException problem = symlinks ? link(target, folder.relativize(blob)) : null;
    if (symlinks && problem == null || isWhole(target, file)) {
      return;
    }
    LOG.log(System.Logger.Level.DEBUG, "no symbolic link " + target, problem);
    if (isNew) {
      AtomicFile.move(blob, target);
    } else {
      Path copy = blob.resolveSibling(AtomicFile.unique(file.etag(), "incomplete"));
      try {
        Files.copy(blob, copy);
        AtomicFile.move(copy, target);
      } finally {
        Files.deleteIfExists(copy);
      }
    }
  }

  /** Why there is no link; null if there is one. */
  private static @Nullable IOException link(Path link, Path target) {
    try {
      Files.createSymbolicLink(link, target);
      return null;
    } catch (IOException e) {
      return e;
    } catch (UnsupportedOperationException e) {
      return new IOException(e);
    }
  }

  /** The files of a snapshot that was made without a listing. */
  boolean looksComplete(String commit) {
    Path folder = snapshot(commit);
    return ModelFiles.isModel(path -> Files.isRegularFile(folder.resolve(path)));
  }

  /** Whether a snapshot has all of the files. */
  boolean hasAll(String commit, List<RemoteFile> files) {
    return files.stream().allMatch(file -> has(commit, file));
  }
}
