package io.github.modernbert.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A caller has got into a batch; lasts as long as it waited for processors. */
@Name("modernbert.Queue")
@Label("Queue")
@Description("Waiting of a caller until a batch with its sequences begins")
@Category("ModernBERT")
@StackTrace(false)
public final class QueueEvent extends Event {
  /** Sequences of the caller that were left to compute. */
  @Label("Sequences")
  public int sequences;

  /** Begins now. */
  public QueueEvent() {
    begin();
  }
}
