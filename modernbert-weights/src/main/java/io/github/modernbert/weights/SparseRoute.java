package io.github.modernbert.weights;

import java.nio.file.Path;

/** How a sparse encoder makes the weights of a text. */
public sealed interface SparseRoute {
  /** From the logits of the masked language model at all its tokens. */
  record Splade(SpladeSettings settings) implements SparseRoute {}

  /**
   * By looking up a weight for each token that stands in the text, without the encoder: {@code
   * SparseStaticEmbedding} of sentence-transformers. The weights are the tensor {@code weight}
   * [vocabulary] of the folder's {@code model.safetensors}; texts are tokenized by the tokenizer of
   * the folder, without special tokens.
   */
  record TokenLookup(Path folder) implements SparseRoute {
    /** How many tokens of a text are read: all, unless the folder says otherwise. */
    public int maxLength() {
      return ModelMaxLength.read(folder).orElse(Integer.MAX_VALUE);
    }
  }
}
