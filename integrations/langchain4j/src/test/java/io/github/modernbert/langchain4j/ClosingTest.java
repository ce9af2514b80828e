package io.github.modernbert.langchain4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.modernbert.CrossEncoder;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.TextPair;
import io.github.modernbert.testdata.Golden;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A model that was handed in is the caller's to close; one that was loaded is closed. */
final class ClosingTest {
  private static final Path RERANKER =
      Golden.root().resolve("sentence-transformers/cross-one-label");

  @Test
  void anEmbedderThatWasHandedInStaysOpen() {
    try (var embedder = TextEmbedder.bundled()) {
      ModernBertEmbeddingModel.builder().embedder(embedder).build().close();
      assertEquals(384, embedder.embed("Where is the bakery?").length);
    }
  }

  @Test
  void aCrossEncoderThatWasHandedInStaysOpen() {
    try (var encoder = CrossEncoder.load(RERANKER)) {
      ModernBertScoringModel.builder().encoder(encoder).build().close();
      assertEquals(1, encoder.predict(new TextPair("a", "b")).values().length);
    }
  }

  @Test
  void loadedModelsAreClosed() {
    var embedding = new ModernBertEmbeddingModel();
    embedding.close();
    assertThrows(IllegalStateException.class, () -> embedding.embed("a text"));
    var scoring = new ModernBertScoringModel(RERANKER.toString());
    scoring.close();
    assertThrows(IllegalStateException.class, () -> scoring.score("a text", "a query"));
  }

  @Test
  void aModelToLoadAndALoadedOneExcludeEachOther() {
    try (var encoder = CrossEncoder.load(RERANKER)) {
      var both = ModernBertScoringModel.builder().encoder(encoder).model("a folder");
      assertThrows(IllegalArgumentException.class, both::build);
    }
    assertThrows(IllegalArgumentException.class, () -> ModernBertScoringModel.builder().build());
  }
}
