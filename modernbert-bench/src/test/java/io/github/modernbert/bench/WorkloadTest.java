package io.github.modernbert.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.kernels.KernelSelection;
import io.github.modernbert.kernels.WeightFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each workload runs once, and its check tells right from wrong. */
final class WorkloadTest {
  private static final long ONE_COPY = 1;

  @Test
  void chains() {
    var chains = new FmaChains();
    assertThrows(IllegalStateException.class, chains::check, "zeros before the run");
    chains.run();
    chains.check();
  }

  @Test
  void copies() {
    try (var rows = new CopiedRows()) {
      assertThrows(IllegalStateException.class, rows::check, "zeros before the run");
      rows.run();
      rows.check();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "vector,FLOAT32,768,2304", "vector,FLOAT32,1152,768", "portable,FLOAT32,768,768",
    "auto,BFLOAT16,768,768", "auto,INT8,1152,768", "portable,INT8,768,768"
  })
  void products(String kernels, WeightFormat format, int depth, int features) {
    try (var product =
        new Product(KernelSelection.select(kernels), depth, features, 16, format, ONE_COPY)) {
      assertThrows(IllegalStateException.class, product::check, "zeros before the run");
      product.run();
      product.check();
      assertEquals(2L * 16 * depth * features, product.flops());
    }
  }

  @Test
  void productsUseAllCopiesOfTheWeights() {
    long threeCopies = 3L * 300 * 40 * Float.BYTES;
    try (var product =
        new Product(
            KernelSelection.select("portable"), 300, 40, 1, WeightFormat.FLOAT32, threeCopies)) {
      for (int i = 0; i < 4; i++) {
        product.run();
        product.check();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"vector", "portable"})
  void attention(String kernels) {
    for (int reach : new int[] {Integer.MAX_VALUE, 64}) {
      for (var format : List.of(WeightFormat.FLOAT32, WeightFormat.INT8)) {
        try (var attention = new Attention(KernelSelection.select(kernels), 300, reach, format)) {
          assertThrows(IllegalStateException.class, attention::check, "zeros before the run");
          attention.run();
          attention.check();
        }
      }
    }
  }

  @Test
  void attentionCountsThePairsThatAreSeen() {
    var kernels = KernelSelection.select("portable");
    try (var global = new Attention(kernels, 10, Integer.MAX_VALUE);
        var local = new Attention(kernels, 10, 1)) {
      assertEquals(4 * 768 * 10 * 10, global.flops());
      assertEquals(4 * 768 * (2 + 8 * 3 + 2), local.flops());
    }
  }

  @ParameterizedTest
  @CsvSource({"vector,base", "vector,large", "portable,base"})
  void rowOperations(String kernels, String model) {
    try (var operations = new RowOperations(KernelSelection.select(kernels), model)) {
      assertThrows(IllegalStateException.class, operations::checkLayerNorm);
      operations.layerNorm();
      operations.checkLayerNorm();
      assertThrows(IllegalStateException.class, operations::checkGelu);
      operations.gelu();
      operations.checkGelu();
      assertThrows(IllegalStateException.class, operations::checkSplitHeads);
      operations.splitHeads();
      operations.checkSplitHeads();
    }
  }

  @ParameterizedTest
  @CsvSource({"vector,one", "vector,all", "portable,one"})
  void texts(String kernels, String threads) {
    var texts = List.of(Texts.QUERY, "", "Bread and cake.");
    try (var embedding = new TextEmbedding(TextEmbedding.options(kernels, threads), texts)) {
      embedding.run();
      embedding.check();
      assertEquals(3, embedding.texts());
      assertTrue(embedding.tokens() > 3 * 2, "more than special tokens: " + embedding.tokens());
    }
  }

  @Test
  void mixedTextsAreTheSameInEveryRunAndOfManyLengths() {
    List<String> texts = Texts.mixed();
    assertEquals(texts, Texts.mixed());
    assertEquals(64, texts.size());
    assertTrue(texts.stream().map(String::length).distinct().count() > 50);
  }

  @Test
  void checksRefuseWhatIsNotANumber() {
    assertThrows(IllegalStateException.class, () -> Check.near(1, Double.NaN, 1, "x"));
    float[] nan = {Float.NaN};
    assertThrows(IllegalStateException.class, () -> Check.sameBits(nan, nan, "x"));
    assertThrows(
        IllegalStateException.class,
        () -> Check.sameBits(new float[] {0f}, new float[] {-0f}, "x"));
  }
}
