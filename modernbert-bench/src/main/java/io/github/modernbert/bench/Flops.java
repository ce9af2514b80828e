package io.github.modernbert.bench;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Counts floating-point operations; a multiply-add is two. */
@AuxCounters(AuxCounters.Type.OPERATIONS)
@State(Scope.Thread)
public class Flops {
  /** The number of operations, which JMH divides by the time. */
  public long flops;

  /** For JMH. */
  public Flops() {}
}
