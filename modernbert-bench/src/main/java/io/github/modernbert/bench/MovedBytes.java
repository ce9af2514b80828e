package io.github.modernbert.bench;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Counts bytes read and written. */
@AuxCounters(AuxCounters.Type.OPERATIONS)
@State(Scope.Thread)
public class MovedBytes {
  /** The number of bytes, which JMH divides by the time. */
  public long bytes;

  /** For JMH. */
  public MovedBytes() {}
}
