package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The values of {@link LoadOptions}, and their constants as texts. */
final class LoadOptionsTest {
  private static final LoadOptions DEFAULTS = LoadOptions.defaults();

  @Test
  void methodsChangeOneValueOfACopy() {
    LoadOptions changed =
        DEFAULTS
            .threads(3)
            .kernels(KernelChoice.PORTABLE)
            .tokenBudget(17)
            .precision(Precision.INT8)
            .weights(WeightType.BFLOAT16)
            .layers(5)
            .cacheFolder(Path.of("cache"));
    assertEquals(
        "LoadOptions[threads=3, kernels=PORTABLE, tokenBudget=17, precision=INT8,"
            + " weights=BFLOAT16, layers=OptionalInt[5],"
            + " batches=NONE, cacheFolder=Optional[cache]]",
        changed.toString());
    assertEquals(3, changed.threads());
    assertEquals(KernelChoice.PORTABLE, changed.kernels());
    assertEquals(17, changed.tokenBudget());
    assertEquals(Precision.INT8, changed.precision());
    assertEquals(WeightType.BFLOAT16, changed.weights());
    assertEquals(OptionalInt.of(5), changed.layers());
    assertEquals(Optional.of(Path.of("cache")), changed.cacheFolder());
    assertEquals(OptionalInt.empty(), DEFAULTS.layers());
    assertEquals(Optional.empty(), DEFAULTS.cacheFolder());
    assertEquals(Runtime.getRuntime().availableProcessors(), DEFAULTS.threads());
    assertEquals(KernelChoice.AUTO, DEFAULTS.kernels());
    assertEquals(4096, DEFAULTS.tokenBudget());
  }

  @Test
  void equalValuesMakeEqualOptions() {
    assertEquals(DEFAULTS.threads(3), LoadOptions.defaults().threads(3));
    assertEquals(DEFAULTS.threads(3).hashCode(), LoadOptions.defaults().threads(3).hashCode());
    assertNotEquals(DEFAULTS.threads(3), DEFAULTS.threads(4));
    assertNotEquals(DEFAULTS.weights(WeightType.BFLOAT16), DEFAULTS);
  }

  @Test
  void moreThreadsThanProcessorsGiveTheSameBits() {
    try (var one = TextEmbedder.bundled(DEFAULTS.threads(1));
        var many = TextEmbedder.bundled(DEFAULTS.threads(1000))) {
      String text = "word ".repeat(400);
      assertArrayEquals(one.embed(text), many.embed(text));
    }
  }

  @Test
  void numbersHaveBounds() {
    assertMessage("threads must be at least 1, found 0", () -> DEFAULTS.threads(0));
    assertMessage("threads: expected at most 4096, found 100000", () -> DEFAULTS.threads(100_000));
    assertEquals(LoadOptions.MAX_THREADS, DEFAULTS.threads(4096).threads());
    assertMessage("layers must be at least 1, found 0", () -> DEFAULTS.layers(0));
    assertMessage("tokenBudget must be at least 1, found -1", () -> DEFAULTS.tokenBudget(-1));
  }

  @Test
  void keysAreReadInAnyCase() {
    assertEquals(KernelChoice.CODEGEN, KernelChoice.of(" Codegen\n"));
    assertEquals(Precision.INT8, Precision.of("INT8"));
    assertEquals(WeightType.BFLOAT16, WeightType.of("bfloat16"));
    for (KernelChoice choice : KernelChoice.values()) {
      assertEquals(choice, KernelChoice.of(choice.key()));
    }
  }

  /** In Turkish the small letter of I is another one. */
  @Test
  void keysDoNotDependOnTheLocale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.of("tr"));
    try {
      assertEquals("int8", Precision.INT8.key());
      assertEquals(Precision.INT8, Precision.of("INT8"));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void messagesListTheKeys() {
    assertMessage(
        "kernels: expected one of auto, codegen, vector, portable, found 'gpu'",
        () -> KernelChoice.of("gpu"));
    assertMessage(
        "precision: expected one of float32, int8, found 'int4'", () -> Precision.of("int4"));
    assertMessage("weights: expected one of float32, bfloat16, found ''", () -> WeightType.of(""));
  }

  private static void assertMessage(String expected, Executable call) {
    assertEquals(expected, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
