package io.github.modernbert.bench;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Counts texts and their real tokens. */
@AuxCounters(AuxCounters.Type.OPERATIONS)
@State(Scope.Thread)
public class Processed {
  /** Texts that became vectors. */
  public long texts;

  /** Tokens of those texts, special ones included. */
  public long tokens;

  /** For JMH. */
  public Processed() {}
}
