package io.github.modernbert.cli.output;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.LinkedHashMap;
import java.util.Map;

/** A JSON object on one line. The digits of a float are the shortest that read back to its bits. */
public final class JsonLine {
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  private final Map<String, Object> members = new LinkedHashMap<>();

  /** A text as JSON writes it. */
  public static String text(String value) {
    return GSON.toJson(value);
  }

  /**
   * An object about a text.
   *
   * @param index its number, from 0
   * @param tokens how many were read
   * @param truncated whether it was cut
   */
  public static JsonLine ofText(long index, int tokens, boolean truncated) {
    return new JsonLine().with("index", index).with("tokens", tokens).with("truncated", truncated);
  }

  public JsonLine with(String name, Object value) {
    members.put(name, value);
    return this;
  }

  /** The object with a line end. */
  public String line() {
    return GSON.toJson(members) + "\n";
  }
}
