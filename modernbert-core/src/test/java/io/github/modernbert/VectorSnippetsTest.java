package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of the Javadoc about vectors: compiled, and run on the bundled model. */
final class VectorSnippetsTest {
  private static final List<String> TEXTS =
      List.of("Bread is sold here.", "Rolls and bread are sold here.", "It rained all day.");

  @Test
  void searches() {
    List<String> texts = TEXTS;
    List<String> questions = List.of("Where is bread?", "How was the weather?");
    try (var embedder = TextEmbedder.bundled()) {
      // @start region="semantic-search"
      Embeddings corpus = embedder.embed(texts);
      Embeddings queries = embedder.embed(questions);
      // @start region="compare-options"
      CompareOptions options = CompareOptions.defaults().function(embedder.similarity()).threads(2);
      // @end region="compare-options"
      for (List<Similarity.Hit> hits : Similarity.semanticSearch(queries, corpus, 10, options)) {
        System.out.println(texts.get(hits.getFirst().index()));
      }
      // @end region="semantic-search"
      // @start region="paraphrase-mining"
      for (Similarity.Pair pair : Similarity.paraphraseMining(corpus, 100, 1000, options)) {
        System.out.println(pair.score() + " " + pair.first() + " " + pair.second());
      }
      // @end
      // @start region="community-detection"
      for (List<Integer> group : Similarity.communityDetection(corpus, 0.5f, 2, options)) {
        System.out.println("around " + texts.get(group.getFirst()) + ": " + group);
      }
      // @end
      assertEquals(2, Similarity.semanticSearch(queries, corpus, 10, options).size());
    }
  }

  @Test
  void files(@TempDir Path temporary) throws IOException {
    Path file = temporary.resolve("texts.safetensors");
    List<String> texts = TEXTS;
    try (var embedder = TextEmbedder.bundled()) {
      // @start region="files"
      VectorFiles.save(embedder.embed(texts), file);
      Embeddings stored = VectorFiles.map(file); // or load, to have them in memory
      Similarity.topK(embedder.embed("Where is the bakery?"), stored, 3);
      // @end
      assertEquals(3, stored.size());
    }
  }

  @Test
  void quantized() {
    List<String> texts = TEXTS;
    try (var embedder = TextEmbedder.bundled()) {
      // @start region="quantize-vectors"
      Embeddings vectors = embedder.embed(texts);
      QuantizedEmbeddings small = QuantizedEmbeddings.of(vectors, VectorPrecision.INT8);
      float[] query = embedder.embed("Where is the bakery?");
      List<Similarity.Hit> hits = Similarity.topK(query, small, 10, 2);
      // @end
      assertTrue(hits.getFirst().score() > hits.getLast().score());
    }
  }
}
