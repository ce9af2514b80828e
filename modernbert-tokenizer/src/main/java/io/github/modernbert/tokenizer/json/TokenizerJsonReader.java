package io.github.modernbert.tokenizer.json;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tokenizer.text.ByteStrings;
import io.github.modernbert.tokenizer.text.IntList;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one {@link TokenizerJson} from a stream of UTF-8: takes the tables out of the text, and
 * gives the rest to a parser of JSON, which finds what is wrong with it.
 */
final class TokenizerJsonReader {
  private static final String MODEL = "model";
  private static final String VOCABULARY = "vocab";
  private static final String MERGES = "merges";
  private static final String VERSION_LINE = "#version";

  /** The keys of a document; the reference refuses others, too. */
  private static final Set<String> KEYS =
      Set.of(
          "version",
          "truncation",
          "padding",
          "added_tokens",
          "normalizer",
          "pre_tokenizer",
          "post_processor",
          "decoder",
          MODEL);

  /** The keys of models of all kinds; the reference passes over others. */
  private static final Set<String> MODEL_KEYS =
      Set.of(
          "type",
          VOCABULARY,
          MERGES,
          "unk_token",
          "unk_id",
          "dropout",
          "continuing_subword_prefix",
          "end_of_word_suffix",
          "max_input_chars_per_word",
          "fuse_unk",
          "byte_fallback",
          "ignore_merges");

  /** Bytes of a value that a message shows the beginning of. */
  private static final int SHOWN = 200;

  private final String file;
  private final JsonBytes in;

  /** The text without tables, in whose places is {@code null}. */
  private final ByteArrayOutputStream rest = new ByteArrayOutputStream();

  /** The keys of the model whose values are not in that text. */
  private final Set<String> taken = new HashSet<>();

  private @Nullable VocabularyEntries vocabulary;
  private @Nullable MergeEntries merges;

  TokenizerJsonReader(String file, InputStream text) {
    this.file = file;
    in = new JsonBytes(text);
  }

  /** Reads the member of an object behind its colon. */
  @FunctionalInterface
  private interface Member {
    /** Returns false where the text has an error and reading ends. */
    boolean read(String key) throws IOException;
  }

  TokenizerJson read() throws IOException {
    in.skipByteOrderMark();
    in.copyTo(rest);
    boolean whole = in.peek() == '{' ? members(this::ofDocument) : in.value();
    String text =
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(rest.toByteArray())).toString();
    Json settings = Json.parse(file, text);
    if (!whole || in.peek() != JsonBytes.END) {
      throw new ModelFileException(file, "text after the end of the JSON document");
    }
    return new TokenizerJson(
        taken.isEmpty() ? settings : settings.without(MODEL, taken),
        Optional.ofNullable(vocabulary),
        Optional.ofNullable(merges));
  }

  /** Takes an object, of which all is copied that its members copy. */
  private boolean members(Member member) throws IOException {
    in.take();
    for (int count = 0; in.peek() != '}'; count++) {
      if (count > 0 && in.take() != ',') {
        return false;
      }
      if (in.peek() != '"') {
        in.take();
        return false;
      }
      String key = key();
      if (in.peek() != ':') {
        in.take();
        return false;
      }
      in.take();
      if (!member.read(key)) {
        return false;
      }
    }
    in.take();
    return true;
  }

  private String key() throws IOException {
    var quoted = new ByteArrayOutputStream();
    in.copyTo(quoted);
    boolean whole = in.value();
    in.copyTo(rest);
    rest.writeBytes(quoted.toByteArray());
    String text = quoted.toString(StandardCharsets.UTF_8);
    if (!whole || text.indexOf('\\') < 0) {
      return text.substring(1, Math.max(1, text.length() - 1));
    }
    return Json.parse(file, text).string();
  }

  private boolean ofDocument(String key) throws IOException {
    if (!KEYS.contains(key)) {
      throw new ModelFileException(file, shortened(key) + ": unknown key");
    }
    return key.equals(MODEL) && in.peek() == '{' ? members(this::ofModel) : in.value();
  }

  private boolean ofModel(String key) throws IOException {
    int first = in.peek();
    if (key.equals(VOCABULARY) && first == '{') {
      vocabulary = table(key, this::withIds);
    } else if (key.equals(VOCABULARY) && first == '[') {
      vocabulary = table(key, this::withScores);
    } else if (key.equals(MERGES) && first == '[') {
      merges = table(key, this::merges);
    } else if (!MODEL_KEYS.contains(key)) {
      table(
          key,
          () -> {
            in.skip();
            return true;
          });
    } else {
      return in.value();
    }
    return true;
  }

  /** Reads a table from its bracket on. */
  @FunctionalInterface
  private interface Table<T> {
    T read() throws IOException;
  }

  private <T> T table(String key, Table<T> table) throws IOException {
    in.copyTo(null);
    try {
      return table.read();
    } catch (JsonBytes.SyntaxException e) {
      throw new ModelFileException(
          file, "not valid JSON: " + e.getMessage() + " in " + MODEL + "." + shortened(key), e);
    } finally {
      in.copyTo(rest);
      rest.writeBytes("null".getBytes(StandardCharsets.UTF_8));
      taken.add(key);
    }
  }

  private VocabularyEntries withIds() throws IOException {
    var tokens = new ByteStrings();
    var ids = new IntList(1024);
    in.expect('{');
    while (in.hasNext(tokens.isEmpty(), '}')) {
      boolean whole = in.string(tokens);
      tokens.endString();
      if (!whole) {
        throw halfCharacter(VOCABULARY + "." + tokens.getLast());
      }
      in.expect(':');
      long id = in.digits();
      if (id < 0 || id > Integer.MAX_VALUE || in.isInNumber()) {
        throw mismatch(
            VOCABULARY + "." + tokens.getLast(), Fields.NATURAL, next(id < 0 ? "" : "" + id));
      }
      ids.add((int) id);
    }
    return new VocabularyEntries.WithIds(tokens, ids.toArray());
  }

  private VocabularyEntries withScores() throws IOException {
    var tokens = new ByteStrings();
    var scores = new double[1024];
    in.expect('[');
    for (int place = 0; in.hasNext(place == 0, ']'); place++) {
      require('[', VOCABULARY, place, "a token and its score");
      in.take();
      part(VOCABULARY, place, 0, tokens);
      tokens.endString();
      comma();
      if (in.peek() != '-' && !in.isInNumber()) {
        throw mismatch(path(VOCABULARY, place, 1), "a score", next(""));
      }
      if (place == scores.length) {
        scores = Arrays.copyOf(scores, 2 * place);
      }
      scores[place] = score(place);
      end(VOCABULARY, place, "a token and its score only");
    }
    return new VocabularyEntries.WithScores(tokens, Arrays.copyOf(scores, tokens.size()));
  }

  private double score(int place) throws IOException {
    String number = in.number();
    double score = Double.parseDouble(number);
    if (Double.isInfinite(score)) {
      throw error(path(VOCABULARY, place, 1), "expected a finite score, found " + number);
    }
    return score;
  }

  /** Reads merges, each {@code "a b"} or {@code ["a", "b"]}, all of one kind. */
  private MergeEntries merges() throws IOException {
    var joined = new ByteStrings();
    var middles = new IntList(1024);
    var places = new IntList(1024);
    in.expect('[');
    boolean lines = in.peek() == '"';
    for (int place = 0; in.hasNext(place == 0, ']'); place++) {
      int middle = lines ? line(place, joined) : pair(place, joined);
      if (middle >= 0) {
        joined.endString();
        middles.add(middle);
        places.add(place);
      }
    }
    return new MergeEntries(joined, middles.toArray(), places.toArray());
  }

  private int pair(int place, ByteStrings joined) throws IOException {
    require('[', MERGES, place, "two tokens");
    in.take();
    part(MERGES, place, 0, joined);
    comma();
    int middle = joined.length();
    part(MERGES, place, 1, joined);
    end(MERGES, place, "two tokens only");
    return middle;
  }

  /** Takes the parts of a line; −1 for one that only names a version. */
  private int line(int place, ByteStrings joined) throws IOException {
    require('"', MERGES, place, "a string");
    if (!in.string(joined)) {
      throw halfCharacter(path(MERGES, place));
    }
    if (joined.startsWith(VERSION_LINE)) {
      joined.dropString();
      return -1;
    }
    int space = joined.indexOf(' ', joined.start(joined.size()));
    if (space < 0 || joined.indexOf(' ', space + 1) >= 0) {
      joined.endString();
      String expected = "two tokens with one space between them";
      throw mismatch(path(MERGES, place), expected, joined.getLast());
    }
    joined.removeByte(space);
    return space;
  }

  private void part(String table, int place, int part, ByteStrings target) throws IOException {
    if (in.peek() != '"') {
      throw mismatch(path(table, place, part), "a string", next(""));
    }
    if (!in.string(target)) {
      throw halfCharacter(path(table, place, part));
    }
  }

  /** Takes the comma behind the first of two parts; none is needed where they end. */
  private void comma() throws IOException {
    if (in.peek() != ']') {
      in.expect(',');
    }
  }

  private void end(String table, int place, String expected) throws IOException {
    if (in.hasNext(false, ']')) {
      throw mismatch(path(table, place, 2), expected, next(""));
    }
  }

  private void require(char first, String table, int place, String expected) throws IOException {
    if (in.peek() != first) {
      throw mismatch(path(table, place), expected, next(""));
    }
  }

  private static String path(String table, int place) {
    return table + "[" + place + "]";
  }

  private static String path(String table, int place, int part) {
    return path(table, place) + "[" + part + "]";
  }

  private ModelFileException mismatch(String path, String expected, String taken) {
    return error(path, "expected %s, found %s".formatted(expected, shortened(taken)));
  }

  private static String shortened(String text) {
    return text.length() <= 80 ? text : text.substring(0, 77) + "...";
  }

  /**
   * What stands next, as text.
   *
   * @param taken what has been taken of it
   */
  private String next(String taken) throws IOException {
    if (taken.isEmpty() && in.peek() == ']') {
      return "nothing";
    }
    var rest = new ByteArrayOutputStream();
    in.copyTo(rest);
    in.value(SHOWN);
    return taken + rest.toString(StandardCharsets.UTF_8);
  }

  private ModelFileException halfCharacter(String path) {
    return error(path, "holds half of a surrogate pair");
  }

  private ModelFileException error(String path, String problem) {
    return new ModelFileException(file, MODEL + "." + path + ": " + problem);
  }
}
