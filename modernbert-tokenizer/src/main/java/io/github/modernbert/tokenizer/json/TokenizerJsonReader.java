package io.github.modernbert.tokenizer.json;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tokenizer.text.IntList;
import io.github.modernbert.tokenizer.text.Utf8;
import java.io.EOFException;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads one {@link TokenizerJson} from a stream of characters. */
final class TokenizerJsonReader {
  private static final TypeAdapter<JsonElement> TREE =
      new GsonBuilder().setStrictness(Strictness.STRICT).create().getAdapter(JsonElement.class);

  private static final String MODEL = "model";
  private static final String VOCABULARY = "vocab";
  private static final String MERGES = "merges";
  private static final String VERSION_LINE = "#version";

  private final String file;
  private final JsonReader in;
  private @Nullable VocabularyEntries vocabulary;
  private @Nullable MergeEntries merges;

  TokenizerJsonReader(String file, Reader text) {
    this.file = file;
    in = new JsonReader(text);
    in.setStrictness(Strictness.STRICT);
  }

  TokenizerJson read() throws IOException {
    try {
      JsonElement settings = document();
      if (in.peek() != JsonToken.END_DOCUMENT) {
        throw new ModelFileException(file, "text after the end of the JSON document");
      }
      return new TokenizerJson(
          Json.parse(file, settings.toString()),
          Optional.ofNullable(vocabulary),
          Optional.ofNullable(merges));
    } catch (MalformedJsonException
        | EOFException
        | JsonParseException
        | IllegalStateException
        | NumberFormatException e) {
      throw Json.malformed(file, e);
    }
  }

  private JsonElement document() throws IOException {
    if (in.peek() != JsonToken.BEGIN_OBJECT) {
      return TREE.read(in);
    }
    var document = new JsonObject();
    in.beginObject();
    while (in.hasNext()) {
      String key = in.nextName();
      boolean isModel = key.equals(MODEL) && in.peek() == JsonToken.BEGIN_OBJECT;
      document.add(key, isModel ? model() : TREE.read(in));
    }
    in.endObject();
    return document;
  }

  private JsonObject model() throws IOException {
    var model = new JsonObject();
    in.beginObject();
    while (in.hasNext()) {
      String key = in.nextName();
      JsonToken kind = in.peek();
      if (key.equals(VOCABULARY) && kind == JsonToken.BEGIN_OBJECT) {
        vocabulary = withIds();
      } else if (key.equals(VOCABULARY) && kind == JsonToken.BEGIN_ARRAY) {
        vocabulary = withScores();
      } else if (key.equals(MERGES) && kind == JsonToken.BEGIN_ARRAY) {
        merges = merges();
      } else {
        model.add(key, TREE.read(in));
      }
    }
    in.endObject();
    return model;
  }

  private VocabularyEntries withIds() throws IOException {
    var tokens = new ArrayList<String>();
    var ids = new IntList(1024);
    in.beginObject();
    while (in.hasNext()) {
      tokens.add(wellFormed(in.nextName()));
      ids.add(natural());
    }
    in.endObject();
    return new VocabularyEntries.WithIds(tokens, ids.toArray());
  }

  private VocabularyEntries withScores() throws IOException {
    var tokens = new ArrayList<String>();
    var scores = new double[1024];
    in.beginArray();
    while (in.hasNext()) {
      require(JsonToken.BEGIN_ARRAY, "a token and its score");
      in.beginArray();
      tokens.add(string());
      require(JsonToken.NUMBER, "a score");
      if (tokens.size() > scores.length) {
        scores = Arrays.copyOf(scores, 2 * scores.length);
      }
      scores[tokens.size() - 1] = in.nextDouble();
      require(JsonToken.END_ARRAY, "a token and its score only");
      in.endArray();
    }
    in.endArray();
    return new VocabularyEntries.WithScores(tokens, Arrays.copyOf(scores, tokens.size()));
  }

  /** Reads merges, each {@code "a b"} or {@code ["a", "b"]}, all of one kind. */
  private MergeEntries merges() throws IOException {
    var left = new ArrayList<String>();
    var right = new ArrayList<String>();
    var places = new IntList(1024);
    in.beginArray();
    boolean lines = in.peek() == JsonToken.STRING;
    for (int place = 0; in.hasNext(); place++) {
      if (lines) {
        if (!line(left, right)) {
          continue;
        }
      } else {
        require(JsonToken.BEGIN_ARRAY, "two tokens");
        in.beginArray();
        left.add(string());
        right.add(string());
        require(JsonToken.END_ARRAY, "two tokens only");
        in.endArray();
      }
      places.add(place);
    }
    in.endArray();
    return new MergeEntries(left, right, places.toArray());
  }

  /** Adds the parts of a line; false for one that only names a version. */
  private boolean line(List<String> left, List<String> right) throws IOException {
    String line = string();
    if (line.startsWith(VERSION_LINE)) {
      return false;
    }
    int space = line.indexOf(' ');
    if (space < 0 || line.indexOf(' ', space + 1) >= 0) {
      throw mismatch(in.getPreviousPath(), "two tokens with one space between them", line);
    }
    left.add(line.substring(0, space));
    right.add(line.substring(space + 1));
    return true;
  }

  private String string() throws IOException {
    require(JsonToken.STRING, "a string");
    return wellFormed(in.nextString());
  }

  private String wellFormed(String string) {
    if (Utf8.loneSurrogate(string, 0) >= 0) {
      throw error(in.getPreviousPath(), "holds half of a surrogate pair");
    }
    return string;
  }

  /** Takes an integer from 0 to 2^31 − 1, written as one. */
  private int natural() throws IOException {
    require(JsonToken.NUMBER, Fields.NATURAL);
    String digits = in.nextString();
    if (!Fields.isNatural(digits)) {
      throw mismatch(in.getPreviousPath(), Fields.NATURAL, digits);
    }
    return Integer.parseInt(digits);
  }

  private void require(JsonToken kind, String expected) throws IOException {
    if (in.peek() != kind) {
      String path = in.getPath();
      throw mismatch(
          path, expected, in.peek() == JsonToken.END_ARRAY ? "nothing" : TREE.read(in).toString());
    }
  }

  private ModelFileException mismatch(String path, String expected, String found) {
    String shown = found.length() <= 80 ? found : found.substring(0, 77) + "...";
    return error(path, "expected %s, found %s".formatted(expected, shown));
  }

  /** An exception about the value at a path, which the stream writes as {@code $.model.vocab}. */
  private ModelFileException error(String path, String problem) {
    return new ModelFileException(file, path.substring(2) + ": " + problem);
  }
}
