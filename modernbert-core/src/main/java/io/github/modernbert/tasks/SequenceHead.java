package io.github.modernbert.tasks;

import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.weights.EmbeddingModule.Pooling;
import io.github.modernbert.weights.PoolingMode;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * The logits of a whole sequence: its first token or the mean of its tokens, as {@code
 * classifier_pooling} says, through the head of a classifier.
 */
public final class SequenceHead {
  private final PoolingMode mode;
  private final Pooler pooler;
  private final LogitsHead head;

  /**
   * Loads the head into the memory of the model.
   *
   * @param outputs how many logits it has
   */
  public SequenceHead(Backbone backbone, int outputs) {
    mode =
        switch (backbone.config().classifierPooling()) {
          case CLS -> PoolingMode.CLS;
          case MEAN -> PoolingMode.MEAN;
        };
    pooler = new Pooler(new Pooling(List.of(mode), backbone.config().hiddenSize(), true));
    head = LogitsHead.classifier(backbone, outputs);
  }

  /** The steps of the head, in words. */
  public String steps() {
    return mode.key() + " pooling, " + head.steps();
  }

  /** The tensors it was made of. */
  public Set<String> tensors() {
    return head.tensors();
  }

  /**
   * The logits of one sequence.
   *
   * @param hidden the rows of its tokens
   */
  public float[] logits(Matrix hidden) {
    return head.logits(pooler.pool(hidden, 0, OptionalDouble.empty()));
  }
}
