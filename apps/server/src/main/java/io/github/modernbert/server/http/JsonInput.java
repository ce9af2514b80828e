package io.github.modernbert.server.http;

import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON of a request value by value. What is not of the type that is asked for is an
 * {@link ApiException} that names the member.
 */
public final class JsonInput {
  private static final int DEPTH = 32;

  private final JsonReader reader;
  private final int maxItems;

  /**
   * Reads a stream of UTF-8.
   *
   * @param maxItems how many values a list of {@link #list} may have
   */
  public JsonInput(InputStream bytes, int maxItems) {
    this.maxItems = maxItems;
    // A decoder that reports what is no UTF-8, instead of replacing it.
    reader = new JsonReader(new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder()));
    reader.setStrictness(Strictness.STRICT);
    reader.setNestingLimit(DEPTH);
  }

  /** Reads the member of an object that has this name. */
  @FunctionalInterface
  public interface Member {
    /** Reads the value, or skips it. */
    void read(String name) throws IOException;
  }

  /** Reads one value. */
  @FunctionalInterface
  public interface Value<T> {
    /** Reads it. */
    T read() throws IOException;
  }

  /** Reads the object that is the whole document. */
  public void document(Member member) {
    try {
      object("the body", member);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new ApiException(ErrorKind.MALFORMED, "there is something behind the JSON object");
      }
    } catch (CharacterCodingException e) {
      throw new ApiException(ErrorKind.MALFORMED, "the body is not UTF-8", e);
    } catch (EOFException e) {
      throw new ApiException(ErrorKind.MALFORMED, "the JSON ends too early", e);
    } catch (MalformedJsonException | JsonParseException | NumberFormatException e) {
      throw new ApiException(ErrorKind.MALFORMED, "the body is no JSON: " + firstLine(e), e);
    } catch (IOException e) {
      throw new ClientGoneException(e);
    }
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  /** Reads an object whose names each stand in it once. */
  public void object(String what, Member member) throws IOException {
    expect(what, JsonToken.BEGIN_OBJECT, "an object");
    reader.beginObject();
    var seen = new HashSet<String>();
    while (reader.hasNext()) {
      String name = reader.nextName();
      if (!seen.add(name)) {
        throw invalid("`" + name + "` stands there twice");
      }
      member.read(name);
    }
    reader.endObject();
  }

  /** How many items a list may have. */
  public int maxItems() {
    return maxItems;
  }

  /** Reads a list with at most as many items as a request may have. */
  public <T> List<T> list(String what, Value<T> item) throws IOException {
    return list(what, item, maxItems);
  }

  /** Reads a list with at most so many items. */
  public <T> List<T> list(String what, Value<T> item, int most) throws IOException {
    expect(what, JsonToken.BEGIN_ARRAY, "a list");
    reader.beginArray();
    var items = new ArrayList<T>();
    while (reader.hasNext()) {
      if (items.size() == most) {
        int size = most;
        for (; reader.hasNext(); size++) {
          reader.skipValue();
        }
        throw invalid("batch size %d > maximum allowed batch size %d".formatted(size, most));
      }
      items.add(item.read());
    }
    reader.endArray();
    return items;
  }

  /** Reads a list of token ids. */
  public int[] ids(String what) throws IOException {
    expect(what, JsonToken.BEGIN_ARRAY, "a list of token ids");
    reader.beginArray();
    var ids = new int[16];
    int count = 0;
    while (reader.hasNext()) {
      if (count == ids.length) {
        ids = Arrays.copyOf(ids, 2 * count);
      }
      ids[count++] = integer(what, 0);
    }
    reader.endArray();
    return Arrays.copyOf(ids, count);
  }

  /** Reads a text. */
  public String text(String what) throws IOException {
    expect(what, JsonToken.STRING, "a text");
    return reader.nextString();
  }

  /** Reads a text or null. */
  public @Nullable String textOrNull(String what) throws IOException {
    return skipNull() ? null : text(what);
  }

  /** Reads a truth value. */
  public boolean truth(String what) throws IOException {
    expect(what, JsonToken.BOOLEAN, "true or false");
    return reader.nextBoolean();
  }

  /** Reads a truth value or null. */
  public @Nullable Boolean truthOrNull(String what) throws IOException {
    return skipNull() ? null : (Boolean) truth(what);
  }

  /** Reads an integer that is not below the least. */
  public int integer(String what, int least) throws IOException {
    expect(what, JsonToken.NUMBER, "a whole number");
    String number = reader.nextString();
    int value;
    try {
      value = Integer.parseInt(number);
    } catch (NumberFormatException e) {
      throw invalid("`%s`: expected a whole number, found %s".formatted(what, shortened(number)));
    }
    if (value < least) {
      throw invalid("`%s`: expected at least %d, found %d".formatted(what, least, value));
    }
    return value;
  }

  /** Reads an integer that is not below the least, or null. */
  public @Nullable Integer integerOrNull(String what, int least) throws IOException {
    return skipNull() ? null : (Integer) integer(what, least);
  }

  /** Whether a null comes next, which is then read. */
  public boolean skipNull() throws IOException {
    if (reader.peek() != JsonToken.NULL) {
      return false;
    }
    reader.nextNull();
    return true;
  }

  /** The type of the token that comes next. */
  public JsonToken peek() throws IOException {
    return reader.peek();
  }

  /** Whether another item of a list that {@link #beginList} opened comes next. */
  public boolean hasNext() throws IOException {
    return reader.hasNext();
  }

  /** Opens a list whose items are of several types. */
  public void beginList(String what) throws IOException {
    expect(what, JsonToken.BEGIN_ARRAY, "a list");
    reader.beginArray();
  }

  /** Closes a list that {@link #beginList} opened. */
  public void endList() throws IOException {
    reader.endArray();
  }

  /** Passes over the value that comes next. */
  public void skip() throws IOException {
    reader.skipValue();
  }

  private void expect(String what, JsonToken token, String expected) throws IOException {
    JsonToken found = reader.peek();
    if (found != token) {
      throw invalid("`%s`: expected %s, found %s".formatted(what, expected, describe(found)));
    }
  }

  /** The name of a token in messages. */
  public static String describe(JsonToken token) {
    return switch (token) {
      case BEGIN_ARRAY -> "a list";
      case BEGIN_OBJECT -> "an object";
      case STRING -> "a text";
      case NUMBER -> "a number";
      case BOOLEAN -> "true or false";
      case NULL -> "null";
      case END_ARRAY, END_OBJECT, NAME, END_DOCUMENT -> "nothing";
    };
  }

  private static String shortened(String number) {
    return number.length() <= 20 ? number : number.substring(0, 20) + "…";
  }

  /** An error of kind {@link ErrorKind#VALIDATION}. */
  public static ApiException invalid(String message) {
    return new ApiException(ErrorKind.VALIDATION, message);
  }
}
