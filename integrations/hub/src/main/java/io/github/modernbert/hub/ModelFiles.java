package io.github.modernbert.hub;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The files of a repository that the loaders of this library read. */
final class ModelFiles {
  private static final String CONFIG = "config.json";

  /** Files that hold all weights or list those that do, each with its shards; best ones first. */
  private static final List<Weights> WEIGHTS =
      List.of(
          new Weights("model.safetensors", ""),
          new Weights("model.safetensors.index.json", "model-*-of-*.safetensors"),
          new Weights("pytorch_model.bin", ""),
          new Weights("pytorch_model.bin.index.json", "pytorch_model-*-of-*.bin"));

  private static final String ADAPTER_CONFIG = "adapter_config.json";
  private static final List<Weights> ADAPTERS =
      List.of(new Weights("adapter_model.safetensors", ""), new Weights("adapter_model.bin", ""));

  private static final List<String> OTHERS =
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
          ADAPTER_CONFIG);

  /** The names at the top and in the folders of modules, such as {@code 1_Pooling}. */
  static final List<String> PATTERNS =
      Stream.concat(
              OTHERS.stream(),
              Stream.of(WEIGHTS, ADAPTERS).flatMap(List::stream).flatMap(Weights::patterns))
          .flatMap(name -> Stream.of(name, "[0-9]_*/" + name))
          .toList();

  private ModelFiles() {}

  /** One way to keep the weights of a folder: a file, and shards if it is an index. */
  private record Weights(String file, String shards) {
    Stream<String> patterns() {
      return Stream.of(file, shards).filter(pattern -> !pattern.isEmpty());
    }

    boolean has(String name) {
      return new FilePatterns(patterns().toList()).matches(name);
    }
  }

  /** Keeps of the weights of each folder the best set alone, if there are several. */
  static List<RemoteFile> withoutDoubleWeights(List<RemoteFile> files) {
    return withoutDoubles(withoutDoubles(files, WEIGHTS), ADAPTERS);
  }

  private static List<RemoteFile> withoutDoubles(List<RemoteFile> files, List<Weights> sets) {
    Map<String, Weights> best = new HashMap<>();
    for (Weights set : sets) {
      for (RemoteFile file : files) {
        if (name(file).equals(set.file())) {
          best.putIfAbsent(folder(file), set);
        }
      }
    }
    return files.stream()
        .filter(file -> {
          Weights kept = best.get(folder(file));
          return kept == null
              || kept.has(name(file))
              || sets.stream().noneMatch(set -> set.has(name(file)));
        })
        .toList();
  }

  private static String name(RemoteFile file) {
    return file.path().substring(folder(file).length());
  }

  private static String folder(RemoteFile file) {
    return file.path().substring(0, file.path().lastIndexOf('/') + 1);
  }

  /**
   * Whether there may be a model: a configuration and weights, or an adapter, wherever they lie.
   *
   * @param has whether there is a file of that name
   */
  static boolean isModel(Predicate<String> has) {
    return Stream.of("", "0_Transformer/")
        .anyMatch(folder ->
            has.test(folder + CONFIG) && hasAny(WEIGHTS, folder, has)
                || has.test(folder + ADAPTER_CONFIG) && hasAny(ADAPTERS, folder, has));
  }

  private static boolean hasAny(List<Weights> kinds, String folder, Predicate<String> has) {
    return kinds.stream().anyMatch(kind -> has.test(folder + kind.file()));
  }
}
