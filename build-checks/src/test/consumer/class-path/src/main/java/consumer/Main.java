package consumer;

import io.github.modernbert.Embeddings;
import io.github.modernbert.Similarity;
import io.github.modernbert.TextEmbedder;
import java.util.Arrays;
import java.util.List;

/** Prints which kernels run and what they make of some texts. */
public final class Main {
  private Main() {}

  /** Prints two lines. */
  public static void main(String[] args) {
    try (TextEmbedder embedder = TextEmbedder.bundled()) {
      float[] query = embedder.embed("Where is the bakery?");
      Embeddings texts =
          embedder.embed(List.of("Bread is sold around the corner.", "It rained all day."));
      System.out.println(embedder.kernels());
      System.out.println(Similarity.topK(query, texts, 2) + " " + Arrays.hashCode(query));
    }
  }
}
