package io.github.modernbert.djl;

import ai.djl.repository.zoo.Criteria;
import io.github.modernbert.testdata.Golden;
import java.nio.file.Path;
import java.util.List;

/** Checkpoints to load, and criteria as users of DJL write them. */
final class Folders {
  /** Texts of different lengths, the empty one among them. */
  static final List<String> TEXTS =
      List.of(
          "Bread is sold around the corner.",
          "",
          "It rained all day, and nobody went out; São Paulo 🙂 was under water.",
          "No.");

  private Folders() {}

  /** The files of the bundled embedding model. */
  static Path mini() {
    return Golden.project().resolve("modernbert-mini/src/main/resources/META-INF/modernbert-mini");
  }

  /** A checkpoint of {@code golden-extra}, such as {@code tasks/entities}. */
  static Path extra(String name) {
    return Golden.project().resolve("src-test-data/golden-extra").resolve(name);
  }

  /** A checkpoint of the reference's golden data. */
  static Path golden(String name) {
    return Golden.root().resolve(name);
  }

  static <I, O> Criteria.Builder<I, O> criteria(Path folder, Class<I> input, Class<O> output) {
    return Criteria.builder()
        .setTypes(input, output)
        .optModelPath(folder)
        .optEngine(ModernBertEngine.ENGINE_NAME)
        .optTranslatorFactory(new ModernBertTranslatorFactory());
  }
}
