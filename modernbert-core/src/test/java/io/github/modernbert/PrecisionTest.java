package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import io.github.modernbert.testdata.Golden;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Tests computation in 8-bit integers and from bfloat16, on the bundled model and the golden ones.
 */
final class PrecisionTest {
  private static final LoadOptions INT8 = LoadOptions.defaults().precision(Precision.INT8);

  /** Texts for portable kernels, which are slow. */
  private static final int FEW = 10;

  private static List<String> texts() {
    var file = Golden.project().resolve("src-test-data/golden-extra/mini/golden.json");
    List<JsonElement> cases = Golden.json(file).getAsJsonObject().getAsJsonArray("cases").asList();
    return cases.stream().map(c -> c.getAsJsonObject().get("text").getAsString()).toList();
  }

  /** Portable kernels, and what else runs here. */
  private static List<KernelChoice> kernels() {
    var runnable = new ArrayList<KernelChoice>();
    for (KernelChoice choice : KernelChoice.values()) {
      try {
        TextEmbedder.bundled(LoadOptions.defaults().kernels(choice)).close();
        runnable.add(choice);
      } catch (UnsupportedOperationException e) {
        System.out.println("not tested: " + e.getMessage());
      }
    }
    return runnable;
  }

  private static float[][] embed(LoadOptions options, List<String> texts) {
    try (var embedder = TextEmbedder.bundled(options)) {
      Embeddings all = embedder.embed(texts);
      var vectors = new float[all.size()][];
      Arrays.setAll(vectors, all::vector);
      return vectors;
    }
  }

  @Test
  void integersHaveTheSameBitsWithAllKernels() {
    List<String> texts = texts();
    try (var alone = TextEmbedder.bundled(INT8.threads(1))) {
      for (KernelChoice choice : kernels()) {
        List<String> some = choice == KernelChoice.PORTABLE ? texts.subList(0, FEW) : texts;
        float[][] together = embed(INT8.kernels(choice).threads(3), some.reversed());
        for (int i = 0; i < together.length; i++) {
          String text = some.get(some.size() - 1 - i);
          assertArrayEquals(alone.embed(text), together[i], choice + ": " + text);
        }
      }
    }
  }

  @Test
  void integersAreCloseToFloats() {
    List<String> texts = texts();
    float[][] exact = embed(LoadOptions.defaults(), texts);
    float[][] integers = embed(INT8, texts);
    double sum = 0;
    double worst = 1;
    for (int i = 0; i < exact.length; i++) {
      assertFalse(Arrays.equals(exact[i], integers[i]), "computed in float32");
      double cosine = Similarity.cosine(exact[i], integers[i]);
      sum += cosine;
      worst = Math.min(worst, cosine);
    }
    System.out.printf("bundled model, int8: cosine %.6f, worst %.6f%n", sum / exact.length, worst);
    assertTrue(sum / exact.length >= 0.999, "mean cosine " + sum / exact.length);
  }

  @Test
  void bfloat16IsExactForCheckpointsOfIt() {
    List<String> texts = texts().subList(0, FEW);
    float[][] exact = embed(LoadOptions.defaults(), texts);
    for (KernelChoice choice : kernels()) {
      LoadOptions options = LoadOptions.defaults().weights(WeightType.BFLOAT16).kernels(choice);
      assertArrayEquals(exact, embed(options, texts), choice.key());
    }
  }

  @Test
  void informationTellsThem() {
    try (var plain = TextEmbedder.bundled();
        var half = TextEmbedder.bundled(LoadOptions.defaults().weights(WeightType.BFLOAT16));
        var narrow = TextEmbedder.bundled(INT8.weights(WeightType.BFLOAT16))) {
      assertEquals(Precision.FLOAT32, plain.info().precision());
      assertEquals(WeightType.FLOAT32, plain.info().weights());
      assertEquals(Precision.INT8, narrow.info().precision());
      assertEquals(WeightType.BFLOAT16, narrow.info().weights());
      assertEquals("int8 bfloat16", Precision.INT8.key() + " " + WeightType.BFLOAT16.key());
      long all = plain.info().weightBytes();
      assertTrue(all >= Float.BYTES * plain.info().parameters(), all + " bytes");
      assertEquals(0.5, (double) half.info().weightBytes() / all, 0.03);
      // The table, two thirds of this model, is bfloat16.
      assertEquals(2 / 6.0 + 1 / 12.0, (double) narrow.info().weightBytes() / all, 0.03);
    }
  }
}
