package io.github.modernbert;

import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.tasks.BatchRunner;
import io.github.modernbert.tasks.EmbeddingHead;
import io.github.modernbert.tasks.TextTokenizer;
import io.github.modernbert.tasks.TokenizedText;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.weights.SentenceTransformersFolder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;

/**
 * One call of a {@link TextEmbedder}: its options, checked against the model, and the inputs on
 * their way through in groups of some batches.
 */
final class EmbeddingRun {
  /** Batches whose texts are sorted by length together. */
  private static final int BATCHES_IN_GROUP = 8;

  /** Texts that the workers tokenise before their tokens are counted. */
  private static final int TEXTS_AT_ONCE = 64;

  /** What all calls of an embedder have in common. */
  record Setup(
      SentenceTransformersFolder model,
      Backbone backbone,
      TextTokenizer tokenizer,
      EmbeddingHead head,
      BatchRunner runner) {
    int dimensions() {
      return Math.min(model.truncateDim().orElse(head.dimension()), head.dimension());
    }

    int maxLength() {
      return Math.min(model.maxSeqLength(), model.config().maxPositionEmbeddings());
    }
  }

  private final Setup setup;
  private final EmbedOptions options;
  private final String prompt;
  private final int dimensions;
  private final int maxLength;
  private final int promptTokens;
  private long doneTexts;
  private long doneTokens;

  EmbeddingRun(Setup setup, EmbedOptions options) {
    this.setup = setup;
    this.options = options;
    this.prompt = resolvePrompt();
    this.dimensions = options.dimensions().orElse(setup.dimensions());
    if (dimensions > setup.head().dimension()) {
      throw new IllegalArgumentException(
          "dimensions: the model's vectors have %d, found %d"
              .formatted(setup.head().dimension(), dimensions));
    }
    this.maxLength = options.maxLength().orElse(setup.maxLength());
    int limit = setup.model().config().maxPositionEmbeddings();
    if (maxLength > limit) {
      throw new IllegalArgumentException(
          "maxLength: the model takes at most %d tokens, found %d".formatted(limit, maxLength));
    }
    int special = setup.tokenizer().tokenizer().count("", true);
    if (maxLength < special) {
      throw new IllegalArgumentException(
          "maxLength: the special tokens alone are %d, found %d".formatted(special, maxLength));
    }
    this.promptTokens = setup.tokenizer().promptTokens(prompt, maxLength);
  }

  private String resolvePrompt() {
    if (options.promptText().isPresent()) {
      return options.promptText().get();
    }
    var prompts = setup.model().prompts();
    String name = options.promptName().or(prompts::defaultName).orElse(null);
    if (name == null) {
      return "";
    }
    String text = prompts.byName().get(name);
    if (text == null) {
      throw new IllegalArgumentException(
          "the model has no prompt '%s'; it has %s".formatted(name, prompts.byName().keySet()));
    }
    return text;
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
    return new Groups<>("texts", texts, text -> tokenized(encode(text)));
  }

  Iterator<Embedding> pairs(Iterator<TextPair> pairs) {
    return new Groups<>(
        "pairs",
        pairs,
        pair ->
            tokenized(setup.tokenizer().encode(prompt + pair.first(), pair.second(), maxLength)));
  }

  Iterator<Embedding> tokenIds(Iterator<int[]> sequences) {
    return new Groups<>("sequences", sequences, ids -> new TokenizedText(ids.clone(), 0, false));
  }

  /** The tokens of a text with its prompt. */
  Encoding encode(String text) {
    return setup.tokenizer().encode(prompt + text, null, maxLength);
  }

  private TokenizedText tokenized(Encoding encoding) {
    if (encoding.isTruncated() && !options.truncate()) {
      throw new IllegalArgumentException(
          "%d tokens, at most %d are taken".formatted(encoding.fullLength(), maxLength));
    }
    return new TokenizedText(encoding.ids(), promptTokens, encoding.isTruncated());
  }

  private List<Embedding> embed(List<TokenizedText> group) {
    return setup
        .runner()
        .run(
            group.stream().map(TokenizedText::ids).toList(),
            (index, hidden) -> {
              TokenizedText text = group.get(index);
              float[] vector =
                  setup.head().apply(hidden, text.promptTokens(), dimensions, options.normalize());
              return new Embedding(vector, text.ids().length, text.truncated());
            },
            (texts, tokens) -> {
              doneTexts += texts;
              doneTokens += tokens;
              options.progress().done(doneTexts, doneTokens);
            });
  }

  /** Takes inputs group by group, and gives out their vectors one by one. */
  private final class Groups<T> implements Iterator<Embedding> {
    private final String name;
    private final Iterator<T> inputs;
    private final Function<T, TokenizedText> tokenize;
    private Iterator<Embedding> ready = List.<Embedding>of().iterator();
    private long taken;

    Groups(String name, Iterator<T> inputs, Function<T, TokenizedText> tokenize) {
      this.name = name;
      this.inputs = inputs;
      this.tokenize = tokenize;
    }

    @Override
    public boolean hasNext() {
      if (!ready.hasNext() && inputs.hasNext()) {
        ready = embed(nextGroup()).iterator();
      }
      return ready.hasNext();
    }

    @Override
    public Embedding next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return ready.next();
    }

    private List<TokenizedText> nextGroup() {
      var group = new ArrayList<TokenizedText>();
      long room = (long) BATCHES_IN_GROUP * setup.runner().tokenBudget();
      while (room > 0 && inputs.hasNext()) {
        for (TokenizedText text : tokenizeSome()) {
          group.add(text);
          room -= text.ids().length;
        }
      }
      return group;
    }

    private List<TokenizedText> tokenizeSome() {
      long first = taken;
      var some = new ArrayList<T>();
      while (some.size() < TEXTS_AT_ONCE && inputs.hasNext()) {
        some.add(Arguments.element(inputs.next(), name, taken++));
      }
      var tokenized = new TokenizedText[some.size()];
      setup
          .backbone()
          .pool()
          .run(tokenized.length, i -> tokenized[i] = tokenize(some.get(i), first + i));
      return List.of(tokenized);
    }

    private TokenizedText tokenize(T input, long index) {
      try {
        TokenizedText text = tokenize.apply(input);
        if (text.ids().length == 0) {
          throw new IllegalArgumentException("no tokens");
        }
        return text;
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(name + "[" + index + "]: " + e.getMessage(), e);
      }
    }
  }
}
