package io.github.modernbert.bench;

import io.github.modernbert.bench.PeakLoop.Instruction;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Measures the most that one core can do with instructions that Java has none of its own for: as
 * machine code in registers.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH sets what is not set here.
public class InstructionPeak {
  /** The instruction that is measured. */
  @Param public Instruction instruction;

  private PeakLoop loop;

  /** For JMH. */
  public InstructionPeak() {}

  /** Those that can be measured here. */
  static String[] instructions() {
    return Stream.of(Instruction.values())
        .filter(instruction -> PeakLoop.of(instruction).isPresent())
        .map(Instruction::name)
        .toArray(String[]::new);
  }

  /** Writes the code. */
  @Setup
  public void prepare() {
    loop = PeakLoop.of(instruction).orElseThrow();
  }

  /** One run of the loop; a product of integers and its addition count as two, too. */
  @Benchmark
  public void run(Flops flops) {
    loop.run();
    flops.flops += loop.operations();
  }

  /** Refuses wrong results. */
  @TearDown
  public void check() {
    loop.check();
  }
}
