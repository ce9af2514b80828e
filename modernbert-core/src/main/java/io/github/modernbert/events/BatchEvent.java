package io.github.modernbert.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The encoder has computed a batch; lasts as long as that. */
@Name("modernbert.Batch")
@Label("Batch")
@Description("Computing the hidden states of some sequences")
@Category("ModernBERT")
@StackTrace(false)
public final class BatchEvent extends Event {
  /** The name of the model in messages. */
  @Label("Model")
  public String model = "";

  /** The name of the kernels that compute it. */
  @Label("Kernels")
  public String kernels = "";

  /** Texts, or windows of texts. */
  @Label("Sequences")
  public int sequences;

  /** Tokens of all sequences. */
  @Label("Tokens")
  public int tokens;

  /** Begins now. */
  public BatchEvent() {
    begin();
  }
}
