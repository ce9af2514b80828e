package io.github.modernbert.hub;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Which files of a repository the loaders of this library read. */
final class ModelFiles {
  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  private static final List<String> NAMES =
      List.of(
          CONFIG,
          "config_sentence_transformers.json",
          "modules.json",
          "sentence_*_config.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "tokenizer.model",
          WEIGHTS,
          INDEX,
          "model-*-of-*.safetensors");

  /** The names at the top and in the folders of modules, such as {@code 1_Pooling}. */
  static final List<String> PATTERNS =
      NAMES.stream().flatMap(name -> Stream.of(name, "[0-9]_*/" + name)).toList();

  private ModelFiles() {}

  /** Leaves out the shards of a folder that has all weights in one file, too: one set is enough. */
  static List<RemoteFile> withoutDoubleWeights(List<RemoteFile> files) {
    List<String> single =
        files.stream()
            .map(RemoteFile::path)
            .filter(path -> path.equals(WEIGHTS) || path.endsWith("/" + WEIGHTS))
            .map(path -> path.substring(0, path.length() - WEIGHTS.length()))
            .toList();
    var kept = new ArrayList<RemoteFile>();
    for (RemoteFile file : files) {
      int slash = file.path().lastIndexOf('/') + 1;
      String name = file.path().substring(slash);
      boolean isShard = name.equals(INDEX) || name.startsWith("model-");
      if (!isShard || !single.contains(file.path().substring(0, slash))) {
        kept.add(file);
      }
    }
    return kept;
  }

  /**
   * Whether there may be a model: a configuration and weights, wherever they lie.
   *
   * @param has whether there is a file of that name
   */
  static boolean isModel(Predicate<String> has) {
    return Stream.of("", "0_Transformer/")
        .anyMatch(folder ->
            has.test(folder + CONFIG) && (has.test(folder + WEIGHTS) || has.test(folder + INDEX)));
  }
}
