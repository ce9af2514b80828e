package io.github.modernbert.tokenizer.model;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.Fields;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads the merges, each {@code "a b"} or {@code ["a", "b"]}, all of one kind. */
final class MergesReader {
  private static final String VERSION_LINE = "#version";

  private final Vocabulary vocabulary;
  private final int[] left;
  private final int[] right;
  private final int[] joined;
  private int size;

  private MergesReader(Vocabulary vocabulary, int capacity) {
    this.vocabulary = vocabulary;
    left = new int[capacity];
    right = new int[capacity];
    joined = new int[capacity];
  }

  static MergeTable read(Json json, Vocabulary vocabulary, String prefix) {
    List<Json> items = json.items();
    var reader = new MergesReader(vocabulary, items.size());
    boolean lines = !items.isEmpty() && items.getFirst().isString();
    for (Json item : items) {
      if (lines && Fields.string(item).startsWith(VERSION_LINE)) {
        continue;
      }
      reader.add(item, lines ? line(item) : parts(item), prefix);
    }
    return new MergeTable(
        java.util.Arrays.copyOf(reader.left, reader.size),
        java.util.Arrays.copyOf(reader.right, reader.size),
        java.util.Arrays.copyOf(reader.joined, reader.size));
  }

  private static String[] line(Json item) {
    String[] parts = Fields.string(item).split(" ", -1);
    if (parts.length != 2) {
      throw item.mismatch("two tokens with one space between them");
    }
    return parts;
  }

  private static String[] parts(Json item) {
    List<Json> parts = item.items();
    if (parts.size() != 2) {
      throw item.mismatch("two tokens");
    }
    return new String[] {Fields.string(parts.getFirst()), Fields.string(parts.getLast())};
  }

  private void add(Json item, String[] parts, String prefix) {
    left[size] = id(item, parts[0]);
    right[size] = id(item, parts[1]);
    joined[size++] = id(item, parts[0] + withoutPrefix(item, parts[1], prefix));
  }

  /** Like the reference cuts off as many bytes as the prefix has, whatever they are. */
  private static String withoutPrefix(Json item, String part, String prefix) {
    if (part.startsWith(prefix)) {
      return part.substring(prefix.length());
    }
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    int cut = prefix.getBytes(StandardCharsets.UTF_8).length;
    if (cut > bytes.length) {
      throw item.error("'" + part + "' is shorter than continuing_subword_prefix '" + prefix + "'");
    }
    return new String(bytes, cut, bytes.length - cut, StandardCharsets.UTF_8);
  }

  private int id(Json item, String token) {
    int id = vocabulary.id(token);
    if (id < 0) {
      throw item.error("token '" + token + "' is not in the vocabulary");
    }
    return id;
  }
}
