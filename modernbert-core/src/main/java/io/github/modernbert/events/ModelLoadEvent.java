package io.github.modernbert.events;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A model has been loaded; lasts from the tokenizer's first byte to the last packed weight. */
@Name("modernbert.ModelLoad")
@Label("Model Load")
@Description("Reading and packing a model")
@Category("ModernBERT")
@StackTrace(false)
public final class ModelLoadEvent extends Event {
  /** The folder, or what the bundled model is called. */
  @Label("Model")
  public String model = "";

  /** The name of the kernels that compute it. */
  @Label("Kernels")
  public String kernels = "";

  /** Elements of all tensors. */
  @Label("Parameters")
  public long parameters;

  /** Memory of the packed weights. */
  @Label("Weights")
  @DataAmount
  public long weightBytes;

  /** Begins now. */
  public ModelLoadEvent() {
    begin();
  }
}
