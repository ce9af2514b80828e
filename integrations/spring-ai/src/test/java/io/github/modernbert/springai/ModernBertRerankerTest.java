package io.github.modernbert.springai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.modernbert.CrossEncoder;
import io.github.modernbert.CrossEncoderOptions;
import io.github.modernbert.RankedDocument;
import io.github.modernbert.testdata.Golden;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.ai.document.Document;
import org.springframework.ai.rag.Query;

/** The reranker through Spring AI's interface, against the cross-encoder itself. */
final class ModernBertRerankerTest {
  private static CrossEncoder load(String name) {
    return CrossEncoder.load(Golden.root().resolve("sentence-transformers").resolve(name));
  }

  @Test
  void ranksAsTheCrossEncoder() {
    List<String> texts = List.of("matrix", "a vector is small", "attention weight", "matrix");
    List<Document> documents =
        IntStream.range(0, texts.size())
            .mapToObj(i -> new Document("id" + i, texts.get(i), Map.of("row", i)))
            .toList();
    try (var encoder = load("cross-one-label")) {
      CrossEncoderOptions options = CrossEncoderOptions.defaults().topK(3);
      List<RankedDocument> expected = encoder.rank("weight", texts, options);
      List<Document> found =
          new ModernBertReranker(encoder, options).apply(new Query("weight"), documents);
      assertEquals(3, found.size());
      for (int i = 0; i < found.size(); i++) {
        assertEquals("id" + expected.get(i).index(), found.get(i).getId());
        assertEquals((double) expected.get(i).score(), found.get(i).getScore());
        assertEquals(expected.get(i).index(), found.get(i).getMetadata().get("row"));
      }
    }
  }

  @Test
  void wantsOneLabel() {
    try (var encoder = load("cross-three-labels")) {
      CrossEncoderOptions options = CrossEncoderOptions.defaults();
      assertThrows(IllegalArgumentException.class, () -> new ModernBertReranker(encoder, options));
    }
  }
}
