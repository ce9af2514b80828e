package io.github.modernbert.cli.commands;

import io.github.modernbert.Similarity;
import io.github.modernbert.config.SimilarityFunction;

/** Computes the similarity of two vectors by the model's own function; larger is more similar. */
record Score(SimilarityFunction function) {
  float of(float[] a, float[] b) {
    return switch (function) {
      case COSINE -> Similarity.cosine(a, b);
      case DOT -> Similarity.dot(a, b);
      case EUCLIDEAN -> {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
          double difference = (double) a[i] - b[i];
          sum += difference * difference;
        }
        yield (float) -Math.sqrt(sum);
      }
      case MANHATTAN -> {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
          sum += Math.abs((double) a[i] - b[i]);
        }
        yield (float) -sum;
      }
    };
  }
}
