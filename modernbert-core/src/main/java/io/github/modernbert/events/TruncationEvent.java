package io.github.modernbert.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A text was longer than the model takes, and has been cut. */
@Name("modernbert.Truncation")
@Label("Truncation")
@Description("Cutting a text that is too long")
@Category("ModernBERT")
@StackTrace(false)
public final class TruncationEvent extends Event {
  /** How many tokens the text has, special ones included. */
  @Label("Tokens")
  public final int tokens;

  /** How many of them are read. */
  @Label("Maximum Length")
  public final int maxLength;

  /**
   * @param tokens how many the text has
   * @param maxLength how many are read
   */
  public TruncationEvent(int tokens, int maxLength) {
    this.tokens = tokens;
    this.maxLength = maxLength;
  }
}
