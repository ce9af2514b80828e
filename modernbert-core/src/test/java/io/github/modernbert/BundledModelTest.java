package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.testdata.Golden;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The model of modernbert-mini against the vectors that its maker computed with the reference. */
final class BundledModelTest {
  /** Float32 against float32, each with its own rounding; the largest difference seen is 3e-7. */
  private static final double TOLERANCE = 1e-6;

  @Test
  void vectorsAgreeWithTheReference() {
    var file = Golden.project().resolve("src-test-data/golden-extra/mini/golden.json");
    List<JsonElement> cases = Golden.json(file).getAsJsonObject().getAsJsonArray("cases").asList();
    double worst = 0;
    double worstCosine = 1;
    try (var embedder = TextEmbedder.bundled()) {
      List<String> texts =
          cases.stream().map(c -> c.getAsJsonObject().get("text").getAsString()).toList();
      Embeddings all = embedder.embed(texts);
      for (int i = 0; i < cases.size(); i++) {
        JsonObject c = cases.get(i).getAsJsonObject();
        assertEquals(c.getAsJsonArray("input_ids").size(), all.tokens(i), texts.get(i));
        float[] expected = floats(c.getAsJsonArray("embedding"));
        float[] actual = all.vector(i);
        for (int d = 0; d < expected.length; d++) {
          worst = Math.max(worst, Math.abs((double) expected[d] - actual[d]));
        }
        worstCosine = Math.min(worstCosine, Similarity.cosine(expected, actual));
        assertArrayEquals(actual, embedder.embed(texts.get(i)), texts.get(i));
      }
    }
    Golden.report("vectors of the bundled model", cases.size());
    System.out.printf("bundled model: largest difference %.3g%n", worst);
    assertTrue(worst <= TOLERANCE, "difference " + worst);
    assertTrue(worstCosine >= 1 - 1e-6, "cosine " + worstCosine);
  }

  @Test
  void similarTextsAreSimilar() {
    try (var embedder = TextEmbedder.bundled()) {
      float[] cat = embedder.embed("A cat sits on the mat.");
      float close = Similarity.cosine(cat, embedder.embed("A kitten is sitting on a rug."));
      float far = Similarity.cosine(cat, embedder.embed("The stock market fell by two percent."));
      assertTrue(close > far + 0.3, close + " against " + far);
      assertEquals(384, embedder.dimension());
      assertFalse(embedder.poolingAssumed());
    }
  }

  private static float[] floats(JsonArray array) {
    var values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).getAsFloat();
    }
    return values;
  }
}
