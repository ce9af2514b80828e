package io.github.modernbert.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A part of a call has been computed: the sequences of one caller in one batch. */
@Name("modernbert.Part")
@Label("Part of a Call")
@Description(
    "Sequences of one caller in one batch, from their coming until their results were read")
@Category("ModernBERT")
@StackTrace(false)
public final class PartEvent extends Event {
  /** How many sequences there are. */
  @Label("Sequences")
  public int sequences;

  /** How many tokens they have. */
  @Label("Tokens")
  public int tokens;

  /** Until the batch was begun, in nanoseconds. */
  @Label("Waited")
  @Timespan
  public long waited;

  /** From then until the caller had read its results, in nanoseconds. */
  @Label("Computed")
  @Timespan
  public long computed;

  /** Begins now. */
  public PartEvent() {
    begin();
  }
}
