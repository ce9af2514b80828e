package io.github.modernbert;

import io.github.modernbert.tasks.EmbeddingHead;
import io.github.modernbert.tasks.TaskInput;
import io.github.modernbert.tasks.TokenizedText;
import io.github.modernbert.tasks.Vectors;
import io.github.modernbert.tokenizer.Encoding;
import java.util.Iterator;
import java.util.function.Function;

/**
 * One call of a {@link TextEmbedder}: its options, checked against the model, and the inputs on
 * their way through in groups of some batches.
 */
final class EmbeddingRun {
  /** What all calls of an embedder have in common. */
  record Setup(LoadedModel model, EmbeddingHead head) {
    int dimensions() {
      return Math.min(model.settings().truncateDim().orElse(head.dimension()), head.dimension());
    }

    /** The last hidden states of a sequence. */
    float[][] tokenVectors(int[] ids) {
      return model.one(
          "text", ids, tokens -> TaskInput.of(tokens, Vectors::results), EmbedOptions.defaults());
    }
  }

  private final Setup setup;
  private final EmbedOptions options;
  private final String prompt;
  private final int dimensions;
  private final int maxLength;
  private final int promptTokens;

  EmbeddingRun(Setup setup, EmbedOptions options) {
    this.setup = setup;
    this.options = options;
    this.prompt = setup.model().prompt(options.promptName(), options.promptText());
    this.dimensions = options.dimensions().orElse(setup.dimensions());
    if (dimensions > setup.head().dimension()) {
      throw new IllegalArgumentException(
          "dimensions: the model's vectors have %d, found %d"
              .formatted(setup.head().dimension(), dimensions));
    }
    this.maxLength = setup.model().maxLength(options, 1);
    this.promptTokens = setup.model().tokenizer().promptTokens(prompt, maxLength);
  }

  /** What is put before each text. */
  String prompt() {
    return prompt;
  }

  /** How many dimensions the vectors have. */
  int dimensions() {
    return dimensions;
  }

  Iterator<Embedding> texts(Iterator<String> texts) {
    return run("texts", texts, text -> tokenized(encode(text)));
  }

  Iterator<Embedding> pairs(Iterator<TextPair> pairs) {
    return run(
        "pairs",
        pairs,
        pair ->
            tokenized(
                setup.model().encode(prompt + pair.first(), pair.second(), maxLength, options)));
  }

  Iterator<Embedding> tokenIds(Iterator<int[]> sequences) {
    return run("sequences", sequences, ids -> new TokenizedText(ids.clone(), 0, false));
  }

  /** The tokens of a text with its prompt. */
  Encoding encode(String text) {
    return setup.model().encode(prompt + text, null, maxLength, options);
  }

  private TokenizedText tokenized(Encoding encoding) {
    return new TokenizedText(encoding.ids(), promptTokens, encoding.isTruncated());
  }

  private <T> Iterator<Embedding> run(
      String name, Iterator<T> inputs, Function<T, TokenizedText> tokenize) {
    return setup.model().run(name, inputs, input -> embedded(tokenize.apply(input)), options);
  }

  private TaskInput<Embedding, Embedding> embedded(TokenizedText text) {
    return TaskInput.of(
        text.ids(),
        hidden -> {
          float[] vector =
              setup.head().apply(hidden, text.promptTokens(), dimensions, options.normalize());
          return new Embedding(vector, text.ids().length, text.truncated());
        });
  }
}
