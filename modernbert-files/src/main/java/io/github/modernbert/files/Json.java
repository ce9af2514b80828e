package io.github.modernbert.files;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value that knows the file it came from and where it stands in it, so that whatever is
 * wrong with it can be reported by name: {@code config.json: rope_parameters.full_attention.
 * rope_theta: expected a number, found "x"}.
 *
 * <p>Immutable and safe for use by several threads. As in Python, whose files these are, the last
 * of several equal keys counts.
 */
public final class Json {
  /** The beginning of gson's message about anything that is not JSON. */
  private static final String LENIENCY_ADVICE =
      "Use JsonReader.setStrictness(Strictness.LENIENT) to accept malformed JSON";

  private static final int MAX_REASON = 200;

  private final String file;
  private final @Nullable Json parent;
  private final String step;
  private final JsonElement element;

  private Json(String file, @Nullable Json parent, String step, JsonElement element) {
    this.file = file;
    this.parent = parent;
    this.step = step;
    this.element = element;
  }

  /**
   * Reads a UTF-8 file.
   *
   * @throws ModelFileException if it is missing, no regular file, unreadable or not strict JSON
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static Json read(Path file) {
    try (Reader text = RegularFiles.openText(file)) {
      return parse(file.toString(), text);
    } catch (IOException e) {
      throw RegularFiles.unreadable(file, e);
    } catch (OutOfMemoryError e) {
      throw new ModelFileException(file, "does not fit into the memory of this JVM (-Xmx)", e);
    }
  }

  /**
   * Parses text.
   *
   * @param file the name that errors shall give
   * @throws ModelFileException if it is not strict JSON
   */
  public static Json parse(String file, String text) {
    try {
      return parse(file, new StringReader(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Json parse(String file, Reader text) throws IOException {
    var reader = new JsonReader(text);
    reader.setStrictness(Strictness.STRICT);
    try {
      // The parser takes no text for null.
      reader.peek();
      // Not a Gson, which takes longer to make than most files take to read.
      JsonElement element = JsonParser.parseReader(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new ModelFileException(file, "text after the end of the JSON document");
      }
      return new Json(file, null, "", element);
    } catch (JsonParseException e) {
      Throwable reason = e.getCause() == null ? e : e.getCause();
      if (reason instanceof OutOfMemoryError tooLarge) {
        throw tooLarge;
      }
      if (reason instanceof IOException failure && !isSyntax(failure)) {
        throw failure;
      }
      throw malformed(file, e);
    } catch (MalformedJsonException
        | EOFException
        | IllegalStateException
        | NumberFormatException e) {
      throw malformed(file, e);
    }
  }

  /**
   * The exception that tells why a text is no JSON, without the parser's advice to its programmers.
   *
   * @param file the name that the message shall give
   * @param cause what gson threw
   */
  public static ModelFileException malformed(String file, Exception cause) {
    Throwable reason =
        cause instanceof JsonParseException && cause.getCause() != null ? cause.getCause() : cause;
    String said = String.valueOf(reason.getMessage()).lines().findFirst().orElse("");
    String problem = said.replace(LENIENCY_ADVICE, "unexpected text");
    return new ModelFileException(
        file,
        "not valid JSON: "
            + (problem.length() <= MAX_REASON ? problem : problem.substring(0, MAX_REASON) + "..."),
        cause);
  }

  private static boolean isSyntax(IOException failure) {
    return failure instanceof MalformedJsonException || failure instanceof EOFException;
  }

  /** The file's name as given to {@link #read} or {@link #parse}. */
  public String file() {
    return file;
  }

  /** Where the value stands, such as {@code model.merges[17]}; empty for the whole document. */
  public String path() {
    var steps = new ArrayList<String>();
    for (Json at = this; at.parent != null; at = at.parent) {
      steps.add(at.step);
    }
    var path = new StringBuilder();
    for (String s : steps.reversed()) {
      path.append(path.isEmpty() || s.startsWith("[") ? "" : ".").append(s);
    }
    return path.toString();
  }

  /** An exception about this value: names file and place. */
  public ModelFileException error(String problem) {
    String path = path();
    return new ModelFileException(file, path.isEmpty() ? problem : path + ": " + problem);
  }

  /** Whether this is the literal {@code null}. */
  public boolean isNull() {
    return element.isJsonNull();
  }

  /** Whether this is an object. */
  public boolean isObject() {
    return element.isJsonObject();
  }

  /** Whether this is an array. */
  public boolean isArray() {
    return element.isJsonArray();
  }

  /** Whether this is a string. */
  public boolean isString() {
    return element instanceof JsonPrimitive p && p.isString();
  }

  /** Whether this is a number. */
  public boolean isNumber() {
    return element instanceof JsonPrimitive p && p.isNumber();
  }

  /** Whether this is {@code true} or {@code false}. */
  public boolean isBoolean() {
    return element instanceof JsonPrimitive p && p.isBoolean();
  }

  /** Whether this object has the key, be its value {@code null} or not. */
  public boolean has(String key) {
    return object().has(key);
  }

  /** The member of this object, {@code null} included; empty only if the key is absent. */
  public Optional<Json> member(String key) {
    JsonElement found = object().get(key);
    return found == null ? Optional.empty() : Optional.of(new Json(file, this, key, found));
  }

  /** The member of this object; empty if the key is absent or its value is {@code null}. */
  public Optional<Json> find(String key) {
    return member(key).filter(value -> !value.isNull());
  }

  /** The member of this object; an absent key is an error that names it. */
  public Json get(String key) {
    return member(key).orElseThrow(() -> error("key '" + key + "' is missing"));
  }

  /**
   * A copy of this object in which a member is replaced or added.
   *
   * @param value JSON text
   */
  public Json with(String key, String value) {
    JsonObject copy = object().deepCopy();
    copy.add(key, parse(file, value).element);
    return new Json(file, parent, step, copy);
  }

  /** A copy of this object without some members of a member, if that is an object. */
  public Json without(String key, Set<String> members) {
    JsonObject copy = object().deepCopy();
    if (copy.get(key) instanceof JsonObject member) {
      members.forEach(member::remove);
    }
    return new Json(file, parent, step, copy);
  }

  /** The members of this object in the order of the file. */
  public Map<String, Json> members() {
    var members = new LinkedHashMap<String, Json>();
    object().asMap().forEach((key, value) -> members.put(key, new Json(file, this, key, value)));
    return members;
  }

  /** The elements of this array. */
  public List<Json> items() {
    if (!isArray()) {
      throw mismatch("an array");
    }
    var items = new ArrayList<Json>(element.getAsJsonArray().size());
    for (JsonElement item : element.getAsJsonArray()) {
      items.add(new Json(file, this, "[" + items.size() + "]", item));
    }
    return items;
  }

  /** This string. */
  public String string() {
    if (!isString()) {
      throw mismatch("a string");
    }
    return element.getAsString();
  }

  /** This boolean. */
  public boolean bool() {
    if (!isBoolean()) {
      throw mismatch("true or false");
    }
    return element.getAsBoolean();
  }

  /** This number; may lie beyond the range of {@code double}, then infinite. */
  public double number() {
    if (!isNumber()) {
      throw mismatch("a number");
    }
    return element.getAsDouble();
  }

  /** This number, which must be an integer that an {@code int} holds. */
  public int integer() {
    double value = number();
    if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
      throw mismatch("an integer below 2^31");
    }
    return (int) value;
  }

  /** This number, which must be an integer in the given range. */
  public int integer(int smallest, int largest) {
    int value = integer();
    if (value < smallest || value > largest) {
      throw mismatch("an integer from " + smallest + " to " + largest);
    }
    return value;
  }

  /** This number as a limit from 1 on; empty if it is {@code null} or more than an int holds. */
  public OptionalInt limit() {
    return isNull() || number() > Integer.MAX_VALUE
        ? OptionalInt.empty()
        : OptionalInt.of(integer(1, Integer.MAX_VALUE));
  }

  /**
   * The constant of an enum whose name this string is, in lower case.
   *
   * @throws ModelFileException if this is no string, or none of the names
   */
  public <E extends Enum<E>> E constant(E[] constants) {
    String text = string();
    var names = new StringJoiner(", ", "one of ", "");
    for (E constant : constants) {
      String name = constant.name().toLowerCase(Locale.ROOT);
      if (name.equals(text)) {
        return constant;
      }
      names.add(name);
    }
    throw mismatch(names.toString());
  }

  /** This number exactly. */
  public BigDecimal decimal() {
    if (!isNumber()) {
      throw mismatch("a number");
    }
    return element.getAsBigDecimal();
  }

  /** An exception that says what was expected here and shows what stands here. */
  public ModelFileException mismatch(String expected) {
    String found = element.toString();
    return error(
        "expected %s, found %s"
            .formatted(expected, found.length() <= 80 ? found : found.substring(0, 77) + "..."));
  }

  /** The value as JSON text. */
  @Override
  public String toString() {
    return element.toString();
  }

  private JsonObject object() {
    if (!isObject()) {
      throw mismatch("an object");
    }
    return element.getAsJsonObject();
  }
}
