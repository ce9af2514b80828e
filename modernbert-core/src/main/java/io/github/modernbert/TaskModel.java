package io.github.modernbert;

import io.github.modernbert.tokenizer.Tokenizer;
import java.util.Map;
import java.util.Set;

/**
 * A loaded model that does one task. Immutable and safe for use by several threads, which share the
 * model's worker threads. Holds native memory until it is closed: the weights, and the activations
 * of the batches under way, which {@link LoadOptions#tokenBudget} bounds.
 *
 * <p>{@link Models#load} finds the right one for a folder.
 */
public abstract sealed class TaskModel implements AutoCloseable
    permits TextEmbedder,
        TextClassifier,
        ZeroShotClassifier,
        CrossEncoder,
        FillMask,
        SparseEncoder,
        ColBert,
        TokenClassifier,
        QuestionAnswerer,
        MultipleChoice {
  private final LoadedModel model;

  TaskModel(LoadedModel model) {
    this.model = model;
  }

  final LoadedModel model() {
    return model;
  }

  /** What is done to the hidden states, in words. */
  abstract String steps();

  /** The tensors that are used besides the encoder's. */
  abstract Set<String> headTensors();

  /** What the model is. */
  public final ModelInfo info() {
    return model.info(steps(), headTensors());
  }

  /** How many tokens of an input are read, special ones included, unless options say otherwise. */
  public final int maxLength() {
    return model.maxLength();
  }

  /** Which kernels compute the model, such as {@code vector (512 bit)}. */
  public final String kernels() {
    return model.backbone().kernels().name();
  }

  /**
   * The implementation of each of the model's operations, such as {@code attention} by {@code
   * codegen (512 bit)}, in a fixed order.
   */
  public final Map<String, String> kernelsByOperation() {
    return model.backbone().kernels().operations();
  }

  /** The model's tokenizer. */
  public final Tokenizer tokenizer() {
    return model.tokenizer().tokenizer();
  }

  /** Frees the native memory as soon as calls that are under way have ended. */
  @Override
  public final void close() {
    model.close();
  }
}
