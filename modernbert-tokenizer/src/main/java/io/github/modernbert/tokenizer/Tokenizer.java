package io.github.modernbert.tokenizer;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tokenizer.decoder.Decoder;
import io.github.modernbert.tokenizer.json.TokenizerJson;
import io.github.modernbert.tokenizer.model.Model;
import io.github.modernbert.tokenizer.model.ModelSession;
import io.github.modernbert.tokenizer.model.TokenBuffer;
import io.github.modernbert.tokenizer.model.Vocabulary;
import io.github.modernbert.tokenizer.pretokenizer.Part;
import io.github.modernbert.tokenizer.pretokenizer.PreTokenizedString;
import io.github.modernbert.tokenizer.pretokenizer.PreTokenizer;
import io.github.modernbert.tokenizer.processor.PostProcessor;
import io.github.modernbert.tokenizer.processor.Segment;
import io.github.modernbert.tokenizer.processor.SourceText;
import io.github.modernbert.tokenizer.regex.MatchLimitException;
import io.github.modernbert.tokenizer.text.NormalizedString;
import io.github.modernbert.tokenizer.text.Utf8;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Encodes texts into the tokens of a model and decodes them, as a {@code tokenizer.json} describes
 * it.
 *
 * <pre>{@code
 * var tokenizer = Tokenizer.load(Path.of("ModernBERT-base"));
 * Encoding encoding = tokenizer.encode("Where is the bakery?");
 * int[] ids = encoding.ids();
 * String text = tokenizer.decode(ids, true);
 * }</pre>
 *
 * <p>Immutable and safe for use by several threads. A lone surrogate in a text counts as U+FFFD.
 * Time and memory of a call grow in proportion to the text, whatever it holds.
 */
public final class Tokenizer {
  private final TokenizerFile file;
  private final @Nullable PreTokenizer preTokenizer;
  private final Model model;
  private final AddedVocabulary added;
  private final PostProcessor postProcessor;
  private final @Nullable Decoder decoder;
  private final EncodeOptions defaults;

  Tokenizer(TokenizerFile file) {
    this.file = file;
    Pipeline pipeline = file.pipeline();
    preTokenizer = pipeline.preTokenizer();
    model = pipeline.model();
    try {
      added =
          new AddedVocabulary(
              file.addedTokens(),
              file.configuredTokens(),
              model.vocabulary(),
              pipeline.normalizer());
    } catch (MatchLimitException e) {
      throw new ModelFileException(file.name(), "an added token cannot be normalized", e);
    }
    postProcessor = pipeline.postProcessor();
    decoder = pipeline.decoder();
    defaults =
        EncodeOptions.plain()
            .withSplitSpecialTokens(file.settings().splitSpecialTokens())
            .withTruncation(file.truncation())
            .withPadding(file.padding());
  }

  /**
   * Loads a tokenizer. Of a folder, {@code tokenizer.json} is read together with {@code
   * tokenizer_config.json}, {@code special_tokens_map.json} and {@code added_tokens.json}, as the
   * reference's {@code AutoTokenizer} does; or else the {@code tokenizer.model} of SentencePiece.
   * Of a file {@code tokenizer.json}, that file alone is read.
   *
   * @param path a folder, or a file {@code tokenizer.json}
   * @return the tokenizer
   * @throws ModelFileException if there is no tokenizer, a file is malformed or no regular file, or
   *     needs something that this library or the reference does not have; the message names it and
   *     where it stands
   */
  public static Tokenizer load(Path path) {
    return new Tokenizer(
        Files.isDirectory(path)
            ? TokenizerFolder.read(path, Optional.empty())
            : TokenizerFile.read(TokenizerJson.read(path)));
  }

  /**
   * Loads the tokenizer of a folder with other settings than those of its {@code
   * tokenizer_config.json}, as the reference's {@code AutoTokenizer.from_pretrained(folder,
   * **arguments)} does.
   *
   * <pre>{@code
   * Json arguments = Json.parse("arguments", "{\"truncation_side\": \"left\"}");
   * Tokenizer tokenizer = Tokenizer.load(folder, arguments);
   * }</pre>
   *
   * @param folder a folder
   * @param arguments an object whose members replace those of the file, or are added to them
   * @return the tokenizer
   * @throws ModelFileException as {@link #load(Path)} does, and if the arguments are no object or
   *     have what such a file cannot have
   */
  public static Tokenizer load(Path folder, Json arguments) {
    return new Tokenizer(TokenizerFolder.read(folder, Optional.of(arguments)));
  }

  /**
   * Parses the text of a {@code tokenizer.json}.
   *
   * @param name the name of the text in messages
   * @param json the text
   * @return the tokenizer
   * @throws ModelFileException if the text is malformed or needs something that this library or the
   *     reference does not have; the message names it and where it stands
   */
  public static Tokenizer parse(String name, String json) {
    return new Tokenizer(TokenizerFile.read(TokenizerJson.parse(name, json)));
  }

  /**
   * A tokenizer that first converts text to lower case, for {@code do_lower_case} of
   * sentence-transformers; this tokenizer if its normalizer does so already.
   */
  public Tokenizer lowercasing() {
    Pipeline pipeline = file.pipeline();
    return pipeline.lowercases() ? this : new Tokenizer(file.with(pipeline.lowercasing()));
  }

  /** The settings of the folder besides {@code tokenizer.json}. */
  public TokenizerSettings settings() {
    return file.settings();
  }

  /** The options stored in the file: special tokens, and truncation and padding if it has any. */
  public EncodeOptions defaults() {
    return defaults;
  }

  /**
   * Encodes a text with the {@link #defaults} of the file. With the tokenizer of the bundled model,
   * {@code encode("Where is the bakery?").ids()} is {@code [1, 867, 311, 268, 7201, 1434, 35, 2]}.
   *
   * @param text any text
   * @return the tokens of the text
   * @throws IllegalArgumentException if a regular expression of the file backtracks so much on the
   *     text that the search was given up; the message names the file and the pattern
   */
  public Encoding encode(String text) {
    return encode(text, defaults);
  }

  /**
   * Encodes a text.
   *
   * @param text any text
   * @param options special tokens, truncation and padding
   * @return the tokens of the text
   * @throws IllegalArgumentException if the text cannot be cut as the options say, or if a regular
   *     expression of the file backtracks so much on it that the search was given up; the message
   *     names the file and the pattern
   */
  public Encoding encode(String text, EncodeOptions options) {
    return pad(List.of(encodeUnpadded(List.of(read(text, options)), options)), options).getFirst();
  }

  /**
   * Encodes a text that is given as words, each of which is tokenized by itself. {@link
   * Encoding#wordIds} are then the indices of the words, and offsets count from the start of their
   * word. Words that normalization makes empty have no tokens.
   *
   * @param words the words of the text
   * @param options special tokens, truncation and padding
   * @return the tokens of the text
   * @throws IllegalArgumentException if the text cannot be cut as the options say, or if a regular
   *     expression of the file backtracks so much on a word that the search was given up
   */
  public Encoding encodeWords(List<String> words, EncodeOptions options) {
    return pad(List.of(encodeUnpadded(List.of(read(words, options)), options)), options).getFirst();
  }

  /**
   * Encodes a pair of texts that are given as words; see {@link #encodeWords} and {@link
   * #encodePair(String, String, EncodeOptions)}. The words of the second text are counted from 0
   * again.
   *
   * @throws IllegalArgumentException as {@link #encode(String, EncodeOptions)} does
   */
  public Encoding encodeWordPair(List<String> first, List<String> second, EncodeOptions options) {
    List<Source> sources = List.of(read(first, options), read(second, options));
    return pad(List.of(encodeUnpadded(sources, options)), options).getFirst();
  }

  /**
   * Encodes a pair of texts with the {@link #defaults} of the file.
   *
   * @param first any text
   * @param second any text; if it is empty, the special tokens are still those of a pair
   * @return the tokens of the pair
   * @throws IllegalArgumentException if a regular expression of the file backtracks so much on a
   *     text that the search was given up
   */
  public Encoding encodePair(String first, String second) {
    return encodePair(first, second, defaults);
  }

  /**
   * Encodes a pair of texts.
   *
   * @param first any text
   * @param second any text; if it is empty, the special tokens are still those of a pair
   * @param options special tokens, truncation and padding
   * @return the tokens of the pair
   * @throws IllegalArgumentException if the texts cannot be cut as the options say
   */
  public Encoding encodePair(String first, String second, EncodeOptions options) {
    List<Source> sources = List.of(read(first, options), read(second, options));
    return pad(List.of(encodeUnpadded(sources, options)), options).getFirst();
  }

  /**
   * Encodes texts, padded to the longest of them if the options say so.
   *
   * @param texts any number of texts
   * @param options special tokens, truncation and padding
   * @return the tokens of each text, in the order of the texts
   * @throws IllegalArgumentException if a text cannot be cut as the options say
   */
  public List<Encoding> encodeBatch(List<String> texts, EncodeOptions options) {
    var encodings = new ArrayList<Encoding>(texts.size());
    for (String text : texts) {
      encodings.add(encodeUnpadded(List.of(read(text, options)), options));
    }
    return pad(encodings, options);
  }

  /**
   * Counts the tokens of a text, without truncation.
   *
   * @param text any text
   * @param addSpecialTokens whether the special tokens of the model's template count
   * @return the number of tokens
   */
  public int count(String text, boolean addSpecialTokens) {
    int special = addSpecialTokens ? postProcessor.addedTokens(false) : 0;
    return read(text, defaults).tokens().size() + special;
  }

  /**
   * Decodes token ids to text. Ids without a token are left out.
   *
   * @param ids any ids
   * @param skipSpecialTokens whether added tokens marked as special are left out
   */
  public String decode(int[] ids, boolean skipSpecialTokens) {
    var tokens = new ArrayList<String>(ids.length);
    for (int id : ids) {
      String token = token(id);
      if (token != null && !(skipSpecialTokens && added.isSpecial(token))) {
        tokens.add(token);
      }
    }
    return decoder == null ? String.join(" ", tokens) : String.join("", decoder.decode(tokens));
  }

  /**
   * Finds the id of a token.
   *
   * @param token a token as spelled in the vocabulary, or an added token
   * @return its id; empty if there is no such token
   */
  public OptionalInt tokenToId(String token) {
    int id = added.id(token);
    if (id < 0) {
      id = model.vocabulary().id(token);
    }
    return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /**
   * Finds the token of an id.
   *
   * @param id any number
   * @return the token as spelled in the vocabulary; for an added token that is matched in
   *     normalized text, its normalized text; empty if there is no such id
   */
  public Optional<String> idToToken(int id) {
    return Optional.ofNullable(token(id));
  }

  /** The number of tokens, added ones included. Ids may leave gaps and be larger. */
  public int vocabularySize() {
    Vocabulary vocabulary = model.vocabulary();
    long own = added.contents().stream().filter(token -> vocabulary.id(token) < 0).count();
    return vocabulary.size() + (int) own;
  }

  /**
   * The prefix of tokens that continue a word, such as {@code ##}; empty if the model does not mark
   * them.
   */
  public String continuingSubwordPrefix() {
    return model.continuingSubwordPrefix();
  }

  /** The added tokens, in ascending order of their ids. */
  public List<AddedToken> addedTokens() {
    return List.copyOf(added.tokens());
  }

  private @Nullable String token(int id) {
    String token = added.token(id);
    return token == null ? model.vocabulary().token(id) : token;
  }

  /** A text and its tokens. */
  private record Source(SourceText text, TokenBuffer tokens) {}

  private Encoding encodeUnpadded(List<Source> sources, EncodeOptions options) {
    checkStride(options);
    List<Segment> segments = new ArrayList<>(sources.size());
    int fullLength = 0;
    for (Source source : sources) {
      TokenBuffer tokens = source.tokens();
      fullLength += tokens.size();
      segments.add(
          Segment.ofText(
              source.text(),
              tokens.ids(),
              tokens.tokens(model.vocabulary()),
              tokens.words(),
              tokens.starts(),
              tokens.ends(),
              segments.size()));
    }
    boolean addSpecial = options.addSpecialTokens();
    int special = addSpecial ? postProcessor.addedTokens(sources.size() == 2) : 0;
    if (options.truncation().isPresent()) {
      segments = Truncator.truncate(segments, options.truncation().get(), special);
    }
    return new Encoding(postProcessor.finish(segments, addSpecial), fullLength + special);
  }

  /** The check of the reference when truncation is set; what the file stores is not checked. */
  private void checkStride(EncodeOptions options) {
    if (options.truncation().isEmpty() || options.truncation().equals(defaults.truncation())) {
      return;
    }
    Truncation truncation = options.truncation().get();
    int special = postProcessor.addedTokens(false);
    int room = truncation.maxLength() - special;
    if (room >= 0 && room < truncation.stride()) {
      throw new IllegalArgumentException(
          "stride %d is more than the %d tokens that maxLength %d leaves beside %d special tokens"
              .formatted(truncation.stride(), room, truncation.maxLength(), special));
    }
  }

  private static List<Encoding> pad(List<Encoding> encodings, EncodeOptions options) {
    if (options.padding().isEmpty()) {
      return encodings;
    }
    Padding padding = options.padding().get();
    int target = padding.target(encodings.stream().mapToInt(Encoding::length).max().orElse(0));
    return encodings.stream().map(encoding -> encoding.padded(padding, target)).toList();
  }

  private Source read(String text, EncodeOptions options) {
    Objects.requireNonNull(text, "text");
    var tokens = new TokenBuffer(text.length());
    tokenize(text, options, tokens);
    return new Source(SourceText.of(text), tokens);
  }

  private Source read(List<String> words, EncodeOptions options) {
    SourceText text = SourceText.of(words);
    var tokens = new TokenBuffer(text.text().length());
    for (int i = 0; i < words.size(); i++) {
      tokens.beginWord(i);
      tokenize(words.get(i), options, tokens);
    }
    return new Source(text, tokens);
  }

  private void tokenize(String text, EncodeOptions options, TokenBuffer tokens) {
    String wellFormed = Utf8.wellFormed(text);
    boolean splitSpecial = options.splitSpecialTokens() || settings().splitSpecialTokens();
    var pretokenized =
        new PreTokenizedString(added.extract(NormalizedString.of(wellFormed), splitSpecial));
    if (preTokenizer != null) {
      preTokenizer.preTokenize(pretokenized);
    }
    ModelSession session = model.session(wellFormed, tokens);
    for (Part part : pretokenized.parts()) {
      if (part.isToken()) {
        NormalizedString token = part.string();
        tokens.nextWord();
        tokens.addSpelled(part.token(), token.originalStart(), token.originalEnd(), token.text());
      } else {
        session.tokenize(part, tokens);
      }
    }
  }
}
