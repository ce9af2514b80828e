package io.github.modernbert.bench;

import io.github.modernbert.bench.PeakLoop.Instruction;
import io.github.modernbert.kernels.WeightFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/**
 * The most that one core can do. Of several measurements of one thing the highest counts: no share
 * of it is flattered by a machine that was slower then.
 *
 * @param measurements before and after everything else
 */
record Peaks(List<Measurement> measurements) {
  static final String FLOPS = "flops";
  static final String BYTES = "bytes";

  /**
   * A rate beside a peak.
   *
   * @param name of the peak where there are several
   * @param rate done a second
   * @param peak the most
   */
  record Share(String name, double rate, double peak) {
    double value() {
      return rate / peak;
    }
  }

  /** The peak of floating-point operations: multiply-adds, by Java or by machine code. */
  double flops() {
    return highest(FLOPS, m -> !isOf(m, Instruction.VPDPBUSD) && !isOf(m, Instruction.TDPBUSD))
        .orElseThrow();
  }

  /** The peak of bytes read and written. */
  double bytes() {
    return highest(BYTES, m -> true).orElseThrow();
  }

  /** The peak of operations on integers, where there is such an instruction. */
  OptionalDouble of(Instruction instruction) {
    return highest(FLOPS, m -> isOf(m, instruction));
  }

  private OptionalDouble highest(String counter, Predicate<Measurement> which) {
    return measurements.stream()
        .filter(m -> m.rates().containsKey(counter))
        .filter(which)
        .mapToDouble(m -> m.rate(counter))
        .max();
  }

  private static boolean isOf(Measurement m, Instruction instruction) {
    return instruction.name().equals(m.parameters().get("instruction"));
  }

  /** Whether operations are on integers. */
  static boolean isOfIntegers(Measurement m) {
    return WeightFormat.INT8.name().equals(m.parameters().get("format"))
        || isOf(m, Instruction.VPDPBUSD)
        || isOf(m, Instruction.TDPBUSD);
  }

  /**
   * The shares of a measurement's rate. Products of integers are compared with VNNI first, and with
   * AMX; where there is neither, with multiply-adds, which is what they are done with then. Empty
   * for what nothing is the peak of.
   */
  List<Share> shares(Measurement m) {
    if (m.rates().containsKey(BYTES)) {
      return List.of(new Share("", m.rate(BYTES), bytes()));
    }
    if (!m.rates().containsKey(FLOPS)) {
      return List.of();
    }
    double rate = m.rate(FLOPS);
    var shares = new ArrayList<Share>();
    if (isOfIntegers(m)) {
      of(Instruction.VPDPBUSD).ifPresent(peak -> shares.add(new Share(" of VNNI", rate, peak)));
      of(Instruction.TDPBUSD).ifPresent(peak -> shares.add(new Share(" of AMX", rate, peak)));
    }
    return shares.isEmpty() ? List.of(new Share("", rate, flops())) : shares;
  }
}
