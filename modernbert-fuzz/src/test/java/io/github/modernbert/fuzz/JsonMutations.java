package io.github.modernbert.fuzz;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.internal.LazilyParsedNumber;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Changes JSON so that it stays JSON: values of other kinds and sizes, keys gone or doubled. Half
 * of the changes keep the kind of a value, since most readers go no further than to the first value
 * of a kind that they do not expect.
 */
final class JsonMutations {
  private static final List<String> NUMBERS =
      List.of(
          "0",
          "1",
          "-1",
          "2",
          "3",
          "7",
          "64",
          "0.5",
          "-0.0",
          "1e-30",
          "1e400",
          "-1e400",
          "1e999999999",
          "2147483647",
          "2147483648",
          "-2147483648",
          "4294967295",
          "4294967296",
          "9223372036854775807",
          "9223372036854775808",
          "18446744073709551615",
          "1000000",
          "65536");

  private static final List<String> STRINGS =
      List.of(
          "",
          " ",
          "\0",
          "a",
          "é",
          "\ud800",
          "..",
          "../../x",
          "/",
          "a/b",
          "C:\\x",
          ".*",
          "(a*)*b",
          "(?<=x)",
          "\\p{L}",
          "[MASK]",
          "[CLS]",
          "gelu",
          "mean",
          "cls",
          "F32",
          "BF16",
          "I8",
          "full_attention",
          "x".repeat(300));

  private JsonMutations() {}

  /** A copy of a document with some changes; in one of five cases its bytes are changed, too. */
  static byte[] of(byte[] json, RandomGenerator random) {
    JsonElement root = JsonParser.parseString(new String(json, StandardCharsets.UTF_8));
    for (int times = random.nextBoolean() ? 1 : 1 + random.nextInt(4); times > 0; times--) {
      root = once(root, random);
    }
    byte[] bytes = root.toString().getBytes(StandardCharsets.UTF_8);
    return random.nextInt(5) == 0 ? ByteMutations.of(bytes, random) : bytes;
  }

  /** A place in a document: a member of an object, or an element of an array. */
  private record Place(JsonElement parent, String key, int index, JsonElement value) {}

  private static JsonElement once(JsonElement root, RandomGenerator random) {
    var places = new ArrayList<Place>();
    collect(root, places);
    if (places.isEmpty()) {
      return value(random, root);
    }
    Place place = place(places, random);
    if (random.nextBoolean()) {
      alter(place, random);
      return root;
    }
    switch (random.nextInt(8)) {
      case 0 -> remove(place);
      case 1 -> rename(place, random);
      case 2 -> add(place, place(places, random).value.deepCopy(), random);
      case 3 -> set(place, place(places, random).value.deepCopy());
      case 4 -> set(place, nested(place.value, random));
      default -> set(place, value(random, place.value));
    }
    return root;
  }

  /** Any place, those near the root as likely as the many in long arrays and vocabularies. */
  private static Place place(List<Place> places, RandomGenerator random) {
    int most = random.nextBoolean() ? Math.min(40, places.size()) : places.size();
    return places.get(random.nextInt(most));
  }

  /** All places, breadth first. */
  private static void collect(JsonElement root, List<Place> places) {
    children(root, places);
    for (int i = 0; i < places.size(); i++) {
      children(places.get(i).value, places);
    }
  }

  private static void children(JsonElement parent, List<Place> places) {
    if (parent instanceof JsonObject object) {
      object.entrySet().forEach(e -> places.add(new Place(parent, e.getKey(), -1, e.getValue())));
    } else if (parent instanceof JsonArray array) {
      for (int i = 0; i < array.size(); i++) {
        places.add(new Place(parent, "", i, array.get(i)));
      }
    }
  }

  /** Gives another value of the same kind. */
  private static void alter(Place place, RandomGenerator random) {
    switch (place.value) {
      case JsonPrimitive p when p.isBoolean() -> set(place, new JsonPrimitive(!p.getAsBoolean()));
      case JsonPrimitive p when p.isNumber() -> set(place, near(p, random));
      case JsonPrimitive p -> set(place, new JsonPrimitive(altered(p.getAsString(), random)));
      case JsonArray array when !array.isEmpty() -> {
        JsonElement moved = array.remove(random.nextInt(array.size()));
        if (random.nextInt(3) > 0) {
          array.add(moved);
        }
      }
      case JsonObject object when !object.isEmpty() -> {
        String key = object.keySet().iterator().next();
        JsonElement moved = object.remove(key);
        object.add(random.nextInt(3) > 0 ? key : key + "x", moved);
      }
      default -> remove(place);
    }
  }

  private static JsonElement near(JsonPrimitive number, RandomGenerator random) {
    String text = number.getAsString();
    return text.matches("-?\\d{1,9}")
        ? new JsonPrimitive(Integer.parseInt(text) + random.nextInt(-2, 3))
        : new JsonPrimitive(number.getAsDouble() * random.nextInt(1, 5) / 2);
  }

  private static String altered(String text, RandomGenerator random) {
    if (text.isEmpty()) {
      return "a";
    }
    int at = text.offsetByCodePoints(0, random.nextInt(text.codePointCount(0, text.length())));
    String rest = text.substring(at + Character.charCount(text.codePointAt(at)));
    return switch (random.nextInt(4)) {
      case 0 -> text.substring(0, at) + rest;
      case 1 -> text.substring(0, at) + text.charAt(0) + text.substring(at);
      case 2 -> text.substring(at) + text.substring(0, at);
      default -> text + " ";
    };
  }

  private static void remove(Place place) {
    if (place.parent instanceof JsonObject object) {
      object.remove(place.key);
    } else {
      place.parent.getAsJsonArray().remove(place.index);
    }
  }

  private static void rename(Place place, RandomGenerator random) {
    remove(place);
    add(place, place.value, random);
  }

  private static void add(Place place, JsonElement value, RandomGenerator random) {
    if (place.parent instanceof JsonObject object) {
      object.add(random.nextBoolean() ? place.key + "x" : string(random), value);
    } else {
      place.parent.getAsJsonArray().add(value);
    }
  }

  private static void set(Place place, JsonElement value) {
    if (place.parent instanceof JsonObject object) {
      object.add(place.key, value);
    } else {
      place.parent.getAsJsonArray().set(place.index, value);
    }
  }

  private static JsonElement nested(JsonElement value, RandomGenerator random) {
    JsonElement nested = value.deepCopy();
    for (int depth = random.nextInt(10) == 0 ? 300 : 1; depth > 0; depth--) {
      var outer = new JsonArray();
      outer.add(nested);
      nested = outer;
    }
    return nested;
  }

  /** Another value, mostly one that is near to what was there. */
  private static JsonElement value(RandomGenerator random, JsonElement old) {
    boolean wasNumber = old instanceof JsonPrimitive p && p.isNumber();
    if (wasNumber && random.nextInt(3) == 0) {
      return new JsonPrimitive(old.getAsDouble() + random.nextInt(-2, 3));
    }
    return switch (random.nextInt(wasNumber ? 3 : 8)) {
      case 0, 1, 2 -> number(random);
      case 3 -> new JsonPrimitive(random.nextBoolean());
      case 4 -> JsonNull.INSTANCE;
      case 5 -> random.nextBoolean() ? new JsonObject() : new JsonArray();
      default -> new JsonPrimitive(string(random));
    };
  }

  private static JsonElement number(RandomGenerator random) {
    return new JsonPrimitive(new LazilyParsedNumber(NUMBERS.get(random.nextInt(NUMBERS.size()))));
  }

  private static String string(RandomGenerator random) {
    return STRINGS.get(random.nextInt(STRINGS.size()));
  }
}
