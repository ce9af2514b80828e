package io.github.modernbert.tokenizer;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads and compares the lines of the golden files. */
final class Case {
  private Case() {}

  static EncodeOptions options(JsonObject row, EncodeOptions defaults) {
    if (!row.has("options")) {
      return defaults.withSpecialTokens(true);
    }
    JsonObject options = row.getAsJsonObject("options");
    boolean special =
        !options.has("add_special_tokens") || options.get("add_special_tokens").getAsBoolean();
    return EncodeOptions.plain()
        .withSpecialTokens(special)
        .withTruncation(object(options, "truncation").map(Case::truncation))
        .withPadding(object(options, "padding").map(Case::padding));
  }

  private static Truncation truncation(JsonObject json) {
    return new Truncation(
        json.get("max_length").getAsInt(),
        integer(json, "stride", 0),
        Truncation.Strategy.valueOf(string(json, "strategy", "longest_first").toUpperCase()),
        Direction.valueOf(string(json, "direction", "right").toUpperCase()));
  }

  private static Padding padding(JsonObject json) {
    return new Padding(
        integer(json, "length", Padding.LONGEST),
        Direction.valueOf(string(json, "direction", "right").toUpperCase()),
        integer(json, "pad_to_multiple_of", 0),
        json.get("pad_id").getAsInt(),
        integer(json, "pad_type_id", 0),
        json.get("pad_token").getAsString());
  }

  private static Optional<JsonObject> object(JsonObject json, String key) {
    return Optional.ofNullable(json.get(key))
        .filter(JsonElement::isJsonObject)
        .map(JsonElement::getAsJsonObject);
  }

  private static int integer(JsonObject json, String key, int absent) {
    return json.has(key) && !json.get(key).isJsonNull() ? json.get(key).getAsInt() : absent;
  }

  private static String string(JsonObject json, String key, String absent) {
    return json.has(key) ? json.get(key).getAsString() : absent;
  }

  /**
   * The differences between an encoding and the row that describes it; nothing that the row lacks.
   */
  static List<String> differences(JsonObject row, Encoding actual) {
    var found = new ArrayList<String>();
    String offsets = row.has("offsets_utf16") ? "offsets_utf16" : "offsets";
    compare(found, row, "ids", ints(actual.ids()));
    compare(found, row, "tokens", actual.tokens());
    compare(found, row, offsets, offsets(actual));
    compare(found, row, "type_ids", ints(actual.typeIds()));
    compare(found, row, "attention_mask", ints(actual.attentionMask()));
    compare(found, row, "special_tokens_mask", ints(actual.specialTokensMask()));
    compare(found, row, "word_ids", nullable(actual.wordIds()));
    compare(found, row, "sequence_ids", nullable(actual.sequenceIds()));
    if (row.has("overflowing")) {
      var parts = row.getAsJsonArray("overflowing");
      List<Encoding> overflowing = actual.overflowing();
      if (parts.size() != overflowing.size()) {
        found.add("overflowing: expected %d, got %d".formatted(parts.size(), overflowing.size()));
      } else {
        for (int i = 0; i < parts.size(); i++) {
          int part = i;
          differences(parts.get(i).getAsJsonObject(), overflowing.get(i))
              .forEach(difference -> found.add("overflowing[%d] %s".formatted(part, difference)));
        }
      }
    }
    return found;
  }

  private static void compare(List<String> found, JsonObject row, String key, List<?> actual) {
    if (row.has(key)) {
      var expected = new ArrayList<Object>();
      row.getAsJsonArray(key).forEach(value -> expected.add(plain(value)));
      if (!expected.equals(actual)) {
        found.add("%s:%n  expected %s%n  got      %s".formatted(key, expected, actual));
      }
    }
  }

  private static Object plain(JsonElement value) {
    if (value.isJsonArray()) {
      return List.of(
          value.getAsJsonArray().get(0).getAsInt(), value.getAsJsonArray().get(1).getAsInt());
    } else if (value.isJsonNull()) {
      return -1;
    }
    return value.getAsJsonPrimitive().isNumber() ? value.getAsInt() : value.getAsString();
  }

  private static List<Integer> ints(int[] values) {
    return java.util.Arrays.stream(values).boxed().toList();
  }

  private static List<Integer> nullable(int[] values) {
    return ints(values);
  }

  private static List<List<Integer>> offsets(Encoding encoding) {
    var offsets = new ArrayList<List<Integer>>();
    for (int i = 0; i < encoding.length(); i++) {
      offsets.add(List.of(encoding.start(i), encoding.end(i)));
    }
    return offsets;
  }
}
