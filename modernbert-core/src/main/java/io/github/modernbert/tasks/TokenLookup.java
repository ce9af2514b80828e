package io.github.modernbert.tasks;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.SparseRoute;
import io.github.modernbert.weights.Tensor;

/**
 * The weights of the tokens that stand in a text, looked up in a table ({@code
 * sparse_static_embedding.py} of sentence-transformers). How often a token stands there makes no
 * difference.
 */
public final class TokenLookup {
  private final float[] weights;
  private final TextTokenizer tokenizer;
  private final int maxLength;

  /**
   * Loads the table and its tokenizer.
   *
   * @param vocabSize of the model, at most which many weights there may be
   * @throws ModelFileException if a file is missing or cannot be used
   */
  public TokenLookup(SparseRoute.TokenLookup route, int vocabSize) {
    try (Checkpoint checkpoint = Checkpoint.open(route.folder())) {
      Tensor tensor = checkpoint.tensor("weight");
      if (tensor.shape().size() != 1 || tensor.elementCount() > vocabSize) {
        throw new ModelFileException(
            route.folder(),
            "tensor weight: expected a weight for each of at most %d tokens, found shape %s"
                .formatted(vocabSize, tensor.shape()));
      }
      weights = tensor.toFloats();
      for (float weight : weights) {
        if (!Float.isFinite(weight)) {
          throw new ModelFileException(route.folder(), "tensor weight: found " + weight);
        }
      }
    }
    tokenizer = TextTokenizer.load(route.folder(), false).withoutSpecialTokens();
    maxLength = route.maxLength();
  }

  /** The tokens of a text, cut to the table's own length or a smaller one that the options name. */
  public Encoding encode(String text, ReadOptions options) {
    int length = Math.min(maxLength, options.maxLength().orElse(maxLength));
    Encoding encoding = tokenizer.with(options).encode(text, null, length);
    LoadedModel.requireWhole(encoding, length, options);
    return encoding;
  }

  /** The weights of a text's tokens: one for each token of the vocabulary. */
  public float[] weights(int[] ids) {
    var found = new float[weights.length];
    for (int id : ids) {
      if (id < 0 || id >= weights.length) {
        throw new IllegalArgumentException(
            "token %d has no weight: there are %d".formatted(id, weights.length));
      }
      found[id] = weights[id];
    }
    return found;
  }
}
