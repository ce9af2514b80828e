package io.github.modernbert.tokenizer.json;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.JsonNumber;
import io.github.modernbert.files.JsonScanner;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tokenizer.text.ByteStrings;
import io.github.modernbert.tokenizer.text.IntList;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one {@link TokenizerJson} from a stream of UTF-8: takes the tables out of the text, and
 * gives the rest to a parser of JSON.
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
  private final JsonScanner in;

  /** The text without tables, in whose places is {@code null}. */
  private final ByteArrayOutputStream rest = new ByteArrayOutputStream();

  /** The keys of the model whose values are not in that text. */
  private final Set<String> taken = new HashSet<>();

  private @Nullable VocabularyEntries vocabulary;
  private @Nullable MergeEntries merges;

  /**
   * @param file the name that errors shall give
   * @param length of the text in bytes
   */
  TokenizerJsonReader(String file, InputStream text, long length) {
    this.file = file;
    in = new JsonScanner(file, "", text, length);
  }

  TokenizerJson read() throws IOException {
    in.skipByteOrderMark();
    in.copyTo(rest);
    if (in.peek() == '{') {
      in.beginObject("document");
      while (in.next()) {
        String key = in.key();
        if (!KEYS.contains(key)) {
          throw new ModelFileException(file, shortened(key) + ": unknown key");
        } else if (key.equals(MODEL) && in.peek() == '{') {
          model();
        } else {
          in.skip();
        }
      }
    } else {
      in.skip();
    }
    in.end();
    in.copyTo(null);
    Json settings = Json.parse(file, rest.toString(StandardCharsets.UTF_8));
    return new TokenizerJson(
        taken.isEmpty() ? settings : settings.without(MODEL, taken),
        Optional.ofNullable(vocabulary),
        Optional.ofNullable(merges));
  }

  private void model() throws IOException {
    in.beginObject(MODEL);
    while (in.next()) {
      String key = in.key();
      int first = in.peek();
      if (key.equals(VOCABULARY) && first == '{') {
        vocabulary = table(key, this::withIds);
      } else if (key.equals(VOCABULARY) && first == '[') {
        vocabulary = table(key, this::withScores);
      } else if (key.equals(MERGES) && first == '[') {
        merges = table(key, this::merges);
      } else if (!MODEL_KEYS.contains(key)) {
        table(key, this::skipped);
      } else {
        in.skip();
      }
    }
  }

  /** Reads a table from its bracket on. */
  @FunctionalInterface
  private interface Table<T> {
    T read() throws IOException;
  }

  private <T> T table(String key, Table<T> table) throws IOException {
    in.copyTo(null);
    in.within(MODEL + "." + shortened(key));
    T entries = table.read();
    in.within("");
    in.copyTo(rest);
    rest.writeBytes("null".getBytes(StandardCharsets.UTF_8));
    taken.add(key);
    return entries;
  }

  /** Passes over what nobody reads. */
  private boolean skipped() throws IOException {
    in.skip();
    return true;
  }

  private VocabularyEntries withIds() throws IOException {
    var tokens = new ByteStrings();
    JsonScanner.Sink token = tokens::append;
    var ids = new IntList(1024);
    in.beginObject(VOCABULARY);
    while (in.next()) {
      in.key(token);
      tokens.endString();
      ids.add(id(tokens));
    }
    return new VocabularyEntries.WithIds(tokens, ids.toArray());
  }

  private int id(ByteStrings tokens) throws IOException {
    String found = "";
    if (in.isNumber()) {
      JsonNumber id = in.number(VOCABULARY);
      if (id.isUnsigned() && id.unsigned() >= 0 && id.unsigned() <= Integer.MAX_VALUE) {
        return (int) id.unsigned();
      }
      found = id.toString();
    }
    throw mismatch(VOCABULARY + "." + tokens.getLast(), Fields.NATURAL, found);
  }

  private VocabularyEntries withScores() throws IOException {
    var tokens = new ByteStrings();
    JsonScanner.Sink token = tokens::append;
    var scores = new double[1024];
    in.beginArray(VOCABULARY);
    for (int place = 0; in.next(); place++) {
      beginPair(VOCABULARY, place, "a token and its score");
      part(VOCABULARY, place, 0, token);
      tokens.endString();
      if (place == scores.length) {
        scores = Arrays.copyOf(scores, 2 * place);
      }
      if (!in.next() || !in.isNumber()) {
        throw mismatch(path(VOCABULARY, place, 1), "a score", "");
      }
      scores[place] = in.number(VOCABULARY).value();
      endPair(VOCABULARY, place, "a token and its score only");
    }
    return new VocabularyEntries.WithScores(tokens, Arrays.copyOf(scores, tokens.size()));
  }

  /** Reads merges, each {@code "a b"} or {@code ["a", "b"]}, all of one kind. */
  private MergeEntries merges() throws IOException {
    var joined = new ByteStrings();
    JsonScanner.Sink part = joined::append;
    var middles = new IntList(1024);
    var places = new IntList(1024);
    in.beginArray(MERGES);
    boolean lines = in.peek() == '"';
    for (int place = 0; in.next(); place++) {
      int middle = lines ? line(place, joined, part) : pair(place, joined, part);
      if (middle >= 0) {
        joined.endString();
        middles.add(middle);
        places.add(place);
      }
    }
    return new MergeEntries(joined, middles.toArray(), places.toArray());
  }

  private int pair(int place, ByteStrings joined, JsonScanner.Sink part) throws IOException {
    beginPair(MERGES, place, "two tokens");
    part(MERGES, place, 0, part);
    int middle = joined.length();
    part(MERGES, place, 1, part);
    endPair(MERGES, place, "two tokens only");
    return middle;
  }

  /** Takes the parts of a line; −1 for one that only names a version. */
  private int line(int place, ByteStrings joined, JsonScanner.Sink part) throws IOException {
    if (in.peek() != '"') {
      throw mismatch(path(MERGES, place), "a string", "");
    }
    in.string(MERGES, part);
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

  private void beginPair(String table, int place, String expected) throws IOException {
    if (in.peek() != '[') {
      throw mismatch(path(table, place), expected, "");
    }
    in.beginArray(table);
  }

  private void part(String table, int place, int part, JsonScanner.Sink target) throws IOException {
    if (!in.next() || in.peek() != '"') {
      throw mismatch(path(table, place, part), "a string", "");
    }
    in.string(table, target);
  }

  private void endPair(String table, int place, String expected) throws IOException {
    if (in.next()) {
      throw mismatch(path(table, place, 2), expected, "");
    }
  }

  private static String path(String table, int place) {
    return table + "[" + place + "]";
  }

  private static String path(String table, int place, int part) {
    return path(table, place) + "[" + part + "]";
  }

  /**
   * An exception about an entry of a table.
   *
   * @param found text that has been read of it; if empty, what stands next is shown
   */
  private ModelFileException mismatch(String path, String expected, String found)
      throws IOException {
    String text = found.isEmpty() ? in.preview(SHOWN) : found;
    String shown = text.isEmpty() ? "nothing" : shortened(text);
    return new ModelFileException(
        file, MODEL + "." + path + ": expected %s, found %s".formatted(expected, shown));
  }

  private static String shortened(String text) {
    return text.length() <= 80 ? text : text.substring(0, 77) + "...";
  }
}
