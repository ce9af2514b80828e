package io.github.modernbert.tasks;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tokenizer.Direction;
import io.github.modernbert.tokenizer.EncodeOptions;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.tokenizer.Tokenizer;
import io.github.modernbert.weights.LateInteractionSettings;
import io.github.modernbert.weights.QueryExpansion;
import io.github.modernbert.weights.TokenPooling;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Tokenizes the queries or the documents of a late-interaction model, and selects the tokens that
 * get vectors.
 */
public final class ColBertReader {
  private final LoadedModel model;
  private final String prompt;
  private final int length;
  private final Optional<QueryExpansion> expansion;
  private final int addedId;
  private final Set<Integer> skipped;
  private final Optional<TokenPooling> pooling;

  private ColBertReader(
      LoadedModel model,
      String prompt,
      OptionalInt length,
      Optional<QueryExpansion> expansion,
      List<String> skiplist,
      Optional<TokenPooling> pooling) {
    this.pooling = pooling;
    this.model = model;
    this.prompt = prompt;
    this.expansion = expansion;
    this.length = length(length.orElse(model.maxLength()));
    this.addedId = expansion.map(this::addedId).orElse(-1);
    this.skipped =
        skiplist.stream()
            .map(tokenizer()::tokenToId)
            .flatMapToInt(OptionalInt::stream)
            .boxed()
            .collect(Collectors.toUnmodifiableSet());
  }

  public static ColBertReader ofQueries(LoadedModel model, LateInteractionSettings settings) {
    requireKnownPrefixes(model, settings.prefixes());
    Optional<QueryExpansion> expansion = settings.expansion();
    if (expansion.isPresent()
        && model.tokenizer().tokenizer().settings().paddingSide() == Direction.LEFT) {
      throw new ModelFileException(
          model.settings().root(),
          "padding_side is left, so that queries are filled up at their beginning, which is not"
              + " implemented; found "
              + expansion.get());
    }
    // Queries of any length are only cut where the model's own limit is.
    boolean cut = expansion.isEmpty() || settings.queryLength().isPresent();
    return new ColBertReader(
        model,
        settings.queryPrompt(),
        cut ? settings.queryLength() : OptionalInt.empty(),
        expansion,
        settings.skipsInQueries() ? settings.skiplistWords() : List.of(),
        settings.tokenPooling().filter(TokenPooling::inQueries));
  }

  public static ColBertReader ofDocuments(LoadedModel model, LateInteractionSettings settings) {
    return new ColBertReader(
        model,
        settings.documentPrompt(),
        settings.documentLength(),
        Optional.empty(),
        settings.skipsInDocuments() ? settings.skiplistWords() : List.of(),
        settings.tokenPooling().filter(TokenPooling::inDocuments));
  }

  private int length(int own) {
    if (expansion.isEmpty()) {
      return own;
    }
    int filled = expansion.get().length();
    return expansion.get().fixed() ? filled : Math.max(own, filled);
  }

  private int addedId(QueryExpansion expanded) {
    if (expanded.token().isEmpty()) {
      return MaskToken.id(model);
    }
    String token = expanded.token().get();
    return tokenizer()
        .tokenToId(token)
        .orElseThrow(() ->
            error("query_expansion: the token '%s' is not in the vocabulary".formatted(token)));
  }

  /** Prefixes were put in as single tokens in training; here they are read as text. */
  private static void requireKnownPrefixes(LoadedModel model, List<String> prefixes) {
    Tokenizer tokenizer = model.tokenizer().tokenizer();
    for (String prefix : prefixes) {
      for (String token : List.of(prefix, prefix.strip().split("\\s", 2)[0])) {
        if (tokenizer.tokenToId(token).isPresent()) {
          List<String> read =
              tokenizer.encode(token, EncodeOptions.plain().withSpecialTokens(false)).tokens();
          if (!read.equals(List.of(token))) {
            throw new ModelFileException(
                model.settings().root(),
                "the prefix '%s' is a token, but the tokenizer reads it as %s"
                    .formatted(token, read));
          }
          break;
        }
      }
    }
  }

  private ModelFileException error(String problem) {
    return new ModelFileException(model.settings().root(), problem);
  }

  private Tokenizer tokenizer() {
    return model.tokenizer().tokenizer();
  }

  public String prompt() {
    return prompt;
  }

  /** Whether tokens attend to the expansion tokens. */
  public boolean attendsToAdded() {
    return expansion.map(QueryExpansion::attended).orElse(true);
  }

  /** The expansion token, which is appended to a text. */
  public String addedToken() {
    return tokenizer().idToToken(addedId).orElse("");
  }

  /** How many tokens are read. */
  public int maxLength(ReadOptions options) {
    OptionalInt wanted = options.maxLength();
    if (wanted.isEmpty()) {
      return model.maxLength(options.with(values -> values.maxLength = OptionalInt.of(length)), 1);
    }
    if (expansion.map(QueryExpansion::fixed).orElse(false)
        && wanted.getAsInt() != expansion.get().length()) {
      throw new IllegalArgumentException(
          "maxLength: queries of this model always have %d tokens, found %d"
              .formatted(expansion.get().length(), wanted.getAsInt()));
    }
    return model.maxLength(options, 1);
  }

  public Encoding encode(String text, int maxLength, ReadOptions options) {
    return model.encode(prompt + text, null, maxLength, options);
  }

  /** The tokens of an encoding with the expansion tokens. */
  public int[] ids(Encoding encoding) {
    int[] ids = encoding.ids();
    int filled = expansion.map(QueryExpansion::length).orElse(0);
    if (filled <= ids.length) {
      return ids;
    }
    int[] longer = Arrays.copyOf(ids, filled);
    Arrays.fill(longer, ids.length, filled, addedId);
    return longer;
  }

  /** Which tokens count. */
  public int[] scored(int[] ids) {
    return IntStream.range(0, ids.length).filter(i -> !skipped.contains(ids[i])).toArray();
  }

  /**
   * The vectors of tokens that count, those of similar tokens made one where the model does so.
   *
   * @param tokens the places of the tokens
   * @param vectors their vectors
   */
  public TokenVectors pool(int[] tokens, float[][] vectors) {
    if (pooling.isEmpty()) {
      return new TokenVectors(tokens, vectors);
    }
    TokenClusters.Pooled pooled = TokenClusters.pool(vectors, pooling.get());
    int[] first = Arrays.stream(pooled.first()).map(t -> tokens[t]).toArray();
    return new TokenVectors(first, pooled.vectors());
  }

  /**
   * Vectors of tokens.
   *
   * @param tokens the place of the token of each vector; of several the first
   * @param vectors the vectors
   */
  public record TokenVectors(int[] tokens, float[][] vectors) {}

  public String describe() {
    String expanded =
        expansion
            .map(e ->
                String.format(
                    Locale.ROOT,
                    ", filled up to %d with %s%s",
                    e.length(),
                    addedToken(),
                    e.attended() ? "" : " (not attended to)"))
            .orElse("");
    return String.format(
        Locale.ROOT,
        "'%s' + up to %d tokens%s%s%s",
        prompt,
        length,
        expanded,
        skipped.isEmpty() ? "" : ", without " + skipped.size() + " tokens",
        pooling
            .filter(settings -> settings.factor() > 1)
            .map(settings -> ", pooled by " + settings.factor())
            .orElse(""));
  }
}
