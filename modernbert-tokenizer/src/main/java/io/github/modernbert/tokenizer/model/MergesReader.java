package io.github.modernbert.tokenizer.model;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tokenizer.json.Fields;
import io.github.modernbert.tokenizer.json.MergeEntries;
import io.github.modernbert.tokenizer.text.ByteStrings;
import java.nio.charset.StandardCharsets;

/**
 * Looks up the ids of merges.
 *
 * @param model the model, for messages
 * @param prefix what tokens that go on in a word start with
 */
record MergesReader(Json model, Vocabulary vocabulary, String prefix) {
  MergeTable read(MergeEntries entries) {
    int size = entries.size();
    var left = new int[size];
    var right = new int[size];
    var joined = new int[size];
    ByteStrings parts = entries.joined();
    for (int i = 0; i < size; i++) {
      int place = entries.places()[i];
      int start = parts.start(i);
      int middle = entries.middles()[i];
      int end = parts.end(i);
      left[i] = id(place, parts.bytes(), start, middle);
      right[i] = id(place, parts.bytes(), middle, end);
      if (prefix.isEmpty()) {
        joined[i] = id(place, parts.bytes(), start, end);
      } else {
        byte[] token =
            (entries.left(i) + withoutPrefix(place, entries.right(i)))
                .getBytes(StandardCharsets.UTF_8);
        joined[i] = id(place, token, 0, token.length);
      }
    }
    return new MergeTable(left, right, joined);
  }

  /** Like the reference cuts off as many bytes as the prefix has, whatever they are. */
  private String withoutPrefix(int place, String part) {
    if (part.startsWith(prefix)) {
      return part.substring(prefix.length());
    }
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    int cut = prefix.getBytes(StandardCharsets.UTF_8).length;
    if (cut > bytes.length) {
      throw error(
          place, "'" + part + "' is shorter than continuing_subword_prefix '" + prefix + "'");
    }
    return new String(bytes, cut, bytes.length - cut, StandardCharsets.UTF_8);
  }

  private int id(int place, byte[] bytes, int from, int to) {
    int id = vocabulary.id(bytes, from, to);
    if (id == Vocabulary.NONE) {
      String token = new String(bytes, from, to - from, StandardCharsets.UTF_8);
      throw error(place, "token '" + token + "' is not in the vocabulary");
    }
    return id;
  }

  private ModelFileException error(int place, String problem) {
    return Fields.error(model, "merges[" + place + "]", problem);
  }
}
