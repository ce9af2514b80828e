package io.github.modernbert.weights;

import io.github.modernbert.config.ActivationFunction;
import java.nio.file.Path;
import java.util.List;

/**
 * A step of a sentence-transformers model after the transformer. Those before a {@link Pooling}
 * work on the vector of each token, those behind it on the text's.
 */
public sealed interface EmbeddingModule {

  /** The length of the vectors it gives out, from that of those it takes. */
  int outputDimension(int inputDimension);

  /**
   * Takes the weighted mean of the states after several layers instead of the last states. The
   * weights are the tensor {@code layer_weights} [layers + 1 − layerStart] of the folder's {@code
   * model.safetensors}; the last states are those after the final norm.
   *
   * @param folder where {@link Checkpoint#open} finds the weights
   * @param dimension of the states
   * @param layerStart after how many layers the first of these states stands; 0 for the embeddings
   * @param layers how many layers the encoder has
   */
  record WeightedLayerPooling(Path folder, int dimension, int layerStart, int layers)
      implements EmbeddingModule {
    @Override
    public int outputDimension(int inputDimension) {
      return inputDimension;
    }
  }

  /**
   * Multiplies each token's vector by a weight of the token, such as its inverse document
   * frequency. Means are then divided by the sum of these weights. They stand in the folder's
   * {@code config.json}: see {@link TokenWeights}.
   */
  record WordWeights(Path folder) implements EmbeddingModule {
    @Override
    public int outputDimension(int inputDimension) {
      return inputDimension;
    }
  }

  /**
   * Makes one vector of the tokens' vectors.
   *
   * @param modes at least one; the results of several are concatenated in this order
   * @param dimension of the tokens' vectors, as the file says
   * @param includePrompt whether the tokens of the prompt take part
   */
  record Pooling(List<PoolingMode> modes, int dimension, boolean includePrompt)
      implements EmbeddingModule {
    /** Copies the list. */
    public Pooling {
      modes = List.copyOf(modes);
    }

    @Override
    public int outputDimension(int inputDimension) {
      return modes.size() * inputDimension;
    }
  }

  /**
   * y = activation(x · Wᵀ + b). Its weights are the tensors {@code linear.weight} [outFeatures,
   * inFeatures] and, with a bias, {@code linear.bias} of the folder's {@code model.safetensors}.
   *
   * @param folder where {@link Checkpoint#open} finds the weights
   * @param inFeatures length of x
   * @param outFeatures length of y
   * @param bias whether there is a b
   * @param activation Tanh unless the file says otherwise
   * @param scores whether y are the scores of a pair of texts, not a vector
   * @param useResidual whether x is added to y; where the sizes differ, x · Rᵀ with the tensor
   *     {@code residual.weight} [outFeatures, inFeatures]
   */
  record Dense(
      Path folder,
      int inFeatures,
      int outFeatures,
      boolean bias,
      ActivationFunction activation,
      boolean scores,
      boolean useResidual)
      implements EmbeddingModule {
    @Override
    public int outputDimension(int inputDimension) {
      return outFeatures;
    }
  }

  /**
   * (x − mean) / √(variance + 1e-5) · w + b. Its weights are the tensors {@code norm.weight} and
   * {@code norm.bias} [dimension] of the folder's {@code model.safetensors}.
   *
   * @param folder where {@link Checkpoint#open} finds the weights
   * @param dimension length of x
   */
  record LayerNorm(Path folder, int dimension) implements EmbeddingModule {
    /** The value that the class of torch adds to the variance by default. */
    public static final double EPSILON = 1e-5;

    @Override
    public int outputDimension(int inputDimension) {
      return dimension;
    }
  }

  /** Scales the vector to length 1. */
  record Normalize() implements EmbeddingModule {
    @Override
    public int outputDimension(int inputDimension) {
      return inputDimension;
    }
  }
}
