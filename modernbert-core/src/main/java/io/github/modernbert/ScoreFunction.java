package io.github.modernbert;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.config.ProblemType;
import io.github.modernbert.kernels.Activation;
import io.github.modernbert.tasks.Softmax;
import java.util.Locale;

/** The function that turns a classifier's logits x into scores. */
public enum ScoreFunction {
  /** Probabilities of labels that exclude each other: exp(x) / Σ exp; they sum to 1. */
  SOFTMAX {
    @Override
    float[] apply(float[] logits) {
      return Softmax.of(logits);
    }
  },
  /** A probability for each label on its own: 1 / (1 + exp(−x)). */
  SIGMOID {
    @Override
    float[] apply(float[] logits) {
      var scores = new float[logits.length];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = Activation.SIGMOID.apply(logits[i]);
      }
      return scores;
    }
  },
  /** The logits themselves, as for regression. */
  NONE {
    @Override
    float[] apply(float[] logits) {
      return logits.clone();
    }
  };

  abstract float[] apply(float[] logits);

  /** Its name in words. */
  String key() {
    return this == NONE ? "no score function" : name().toLowerCase(Locale.ROOT);
  }

  /** The function that the text classification pipeline of transformers applies. */
  static ScoreFunction of(ModernBertConfig config) {
    ProblemType type = config.problemType().orElse(null);
    if (type == ProblemType.REGRESSION) {
      return NONE;
    }
    boolean each = type == ProblemType.MULTI_LABEL_CLASSIFICATION || config.numLabels() == 1;
    return each ? SIGMOID : SOFTMAX;
  }
}
