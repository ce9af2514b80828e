package io.github.modernbert.tasks;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tokenizer.Direction;
import io.github.modernbert.tokenizer.EncodeOptions;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.tokenizer.Tokenizer;
import io.github.modernbert.tokenizer.TokenizerSettings;
import io.github.modernbert.tokenizer.Truncation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Turns texts into the sequences a model reads: special tokens, truncation and prompts as
 * sentence-transformers does it. Safe for use by several threads.
 */
public final class TextTokenizer {
  private final Tokenizer tokenizer;
  private final Direction truncationSide;
  private final EncodeOptions options;
  private final Set<Integer> specialIds;

  private TextTokenizer(
      Tokenizer tokenizer,
      Direction truncationSide,
      Set<Integer> specialIds,
      EncodeOptions options) {
    this.tokenizer = tokenizer;
    this.truncationSide = truncationSide;
    this.specialIds = specialIds;
    this.options = options;
  }

  /** A tokenizer that reads texts as the options of a call say. */
  TextTokenizer with(ReadOptions reading) {
    return new TextTokenizer(
        tokenizer,
        reading.truncationSide().orElse(truncationSide),
        specialIds,
        reading.splitSpecialTokens() ? options.withSplitSpecialTokens(true) : options);
  }

  /** One that puts no special tokens around texts. */
  TextTokenizer withoutSpecialTokens() {
    return new TextTokenizer(
        tokenizer, truncationSide, specialIds, options.withSpecialTokens(false));
  }

  private static Set<Integer> specialIds(Tokenizer tokenizer) {
    TokenizerSettings settings = tokenizer.settings();
    return Stream.concat(
            settings.specialTokens().values().stream(), settings.extraSpecialTokens().stream())
        .map(tokenizer::tokenToId)
        .flatMapToInt(OptionalInt::stream)
        .boxed()
        .collect(Collectors.toSet());
  }

  /**
   * Loads the tokenizer of a folder.
   *
   * @param lowerCase whether texts are put in lower case first
   * @throws ModelFileException if there is none or it cannot be used
   */
  public static TextTokenizer load(Path folder, boolean lowerCase) {
    return of(Tokenizer.load(folder), lowerCase);
  }

  /**
   * A tokenizer as tasks use it.
   *
   * @param lowerCase whether texts are put in lower case first
   */
  public static TextTokenizer of(Tokenizer loaded, boolean lowerCase) {
    Tokenizer tokenizer = lowerCase ? loaded.lowercasing() : loaded;
    return new TextTokenizer(
        tokenizer,
        tokenizer.settings().truncationSide(),
        specialIds(tokenizer),
        EncodeOptions.plain().withSplitSpecialTokens(tokenizer.settings().splitSpecialTokens()));
  }

  /** The end at which texts are cut. */
  Direction truncationSide() {
    return truncationSide;
  }

  /** The tokenizer itself. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** How many special tokens are put around an input of so many texts: 1, or 2 for a pair. */
  public int specialTokens(int texts) {
    return texts == 1
        ? tokenizer.encode("", EncodeOptions.plain()).length()
        : tokenizer.encodePair("", "", EncodeOptions.plain()).length();
  }

  /**
   * Tokens of a text or, if second is not null, a pair, cut to a length; of a pair the longer text
   * first.
   */
  public Encoding encode(String first, @Nullable String second, int length) {
    return encode(first, second, length, 0, Truncation.Strategy.LONGEST_FIRST);
  }

  /**
   * Tokens of a text or, if second is not null, a pair, cut to a length.
   *
   * @param stride how many tokens each overflowing part shares with the one before it
   * @param strategy which text of a pair is cut
   */
  public Encoding encode(
      String first, @Nullable String second, int length, int stride, Truncation.Strategy strategy) {
    EncodeOptions cut = cut(length, stride, strategy);
    return second == null ? tokenizer.encode(first, cut) : tokenizer.encodePair(first, second, cut);
  }

  /**
   * Tokens of a text that is given as words, cut to a length; see {@link Tokenizer#encodeWords}.
   *
   * @param stride how many tokens each overflowing part shares with the one before it
   */
  public Encoding encodeWords(List<String> words, int length, int stride) {
    return tokenizer.encodeWords(words, cut(length, stride, Truncation.Strategy.LONGEST_FIRST));
  }

  private EncodeOptions cut(int length, int stride, Truncation.Strategy strategy) {
    return options.withTruncation(new Truncation(length, stride, strategy, truncationSide));
  }

  /**
   * A text or, if second is not null, a pair in as many windows as it needs, each with its special
   * tokens.
   *
   * @param stride how many tokens each window shares with the one before it
   * @param strategy which text of a pair is cut
   */
  public List<Encoding> windows(
      String first, @Nullable String second, int length, int stride, Truncation.Strategy strategy) {
    return windows(encode(first, second, length, stride, strategy));
  }

  /** An encoding with what was cut off it. */
  static List<Encoding> windows(Encoding whole) {
    var windows = new ArrayList<Encoding>();
    windows.add(whole);
    windows.addAll(whole.overflowing());
    return windows;
  }

  /** The id of the special token that the folder names so, as {@code cls_token}, if it does. */
  public OptionalInt specialId(String name) {
    Optional<String> token = tokenizer.settings().specialToken(name);
    return token.isPresent() ? tokenizer.tokenToId(token.get()) : OptionalInt.empty();
  }

  /**
   * How many tokens at the start of a sequence a prompt takes: its own tokens without a special one
   * at the end.
   */
  public int promptTokens(String prompt, int length) {
    if (prompt.isEmpty()) {
      return 0;
    }
    int[] ids = encode(prompt, null, length).ids();
    boolean endsSpecial = ids.length > 0 && specialIds.contains(ids[ids.length - 1]);
    return endsSpecial ? ids.length - 1 : ids.length;
  }
}
