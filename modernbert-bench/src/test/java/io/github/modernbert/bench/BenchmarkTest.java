package io.github.modernbert.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.modernbert.kernels.WeightFormat;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each benchmark method once, as JMH calls it: the counters match the work and the check passes.
 */
final class BenchmarkTest {
  private final Flops flops = new Flops();
  private final Processed processed = new Processed();

  @Test
  void peak() {
    var peak = new Peak();
    var bytes = new MovedBytes();
    peak.fma(flops);
    peak.copy(bytes);
    peak.check();
    assertEquals(FmaChains.flops(), flops.flops);
    assertEquals(2L * 128 * 768 * 4, bytes.bytes);
  }

  @Test
  void peakOutsideOfJmh() {
    assertTrue(PeakRate.measure() > 1e6);
  }

  @ParameterizedTest
  @EnumSource
  void instructions(PeakLoop.Instruction instruction) {
    var peak = new InstructionPeak();
    assumeTrue(
        List.of(InstructionPeak.instructions()).contains(instruction.name()),
        "no " + instruction + " here");
    peak.instruction = instruction;
    peak.prepare();
    peak.run(flops);
    peak.check();
    assertTrue(flops.flops > 1e6);
  }

  @ParameterizedTest
  @EnumSource
  void products(WeightFormat format) {
    var products = new Products();
    products.shape = "768x2304";
    products.rows = 1;
    products.format = format;
    products.kernels = "auto";
    products.prepare();
    products.multiply(flops);
    products.check();
    assertEquals(2L * 768 * 2304, flops.flops);
  }

  @Test
  void attentions() {
    var attentions = new Attentions();
    attentions.layer = "local 128";
    attentions.kernels = "vector";
    attentions.prepare();
    attentions.attend(flops);
    attentions.check();
    long missingAtBothEnds = 2 * 64 * 65 / 2;
    assertEquals(4L * 768 * (128 * 129 - missingAtBothEnds), flops.flops);
  }

  @Test
  void rowOperations() {
    long base = 128 * 768 * 4;
    check(Rows::layerNorm, 2 * base);
    check(Rows::gelu, 2 * base * 1152 / 768);
    check(Rows::splitHeads, 6 * base);
  }

  private static void check(BiConsumer<Rows, MovedBytes> method, long expected) {
    var rows = new Rows();
    rows.model = "base";
    rows.kernels = "vector";
    rows.prepare();
    var bytes = new MovedBytes();
    method.accept(rows, bytes);
    rows.check();
    assertEquals(expected, bytes.bytes);
  }

  @Test
  void bundledModel() {
    var model = new BundledModel();
    model.texts = "query";
    model.threads = "all";
    model.kernels = "vector";
    model.prepare();
    model.embed(processed);
    model.check();
    assertEquals(1, processed.texts);
    assertTrue(processed.tokens > 10, "tokens " + processed.tokens);
  }

  @Test
  void loading() {
    assertTrue(new Loading().load() > 0);
  }

  @Test
  void firstCalls() {
    var calls = new FirstCall();
    var fresh = new FirstCall.Fresh();
    calls.loadAndEmbed(fresh);
    fresh.check();
    var loaded = new FirstCall.Loaded();
    loaded.prepare();
    calls.embed(loaded);
    loaded.check();
  }
}
