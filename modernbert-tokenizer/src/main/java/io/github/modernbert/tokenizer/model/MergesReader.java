package io.github.modernbert.tokenizer.model;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tokenizer.json.Fields;
import io.github.modernbert.tokenizer.json.MergeEntries;
import java.nio.charset.StandardCharsets;

/** Looks up the ids of merges. */
final class MergesReader {
  private final Json model;
  private final Vocabulary vocabulary;
  private final String prefix;

  /**
   * A reader of a model's merges.
   *
   * @param model the model, for messages
   * @param prefix what tokens that go on in a word start with
   */
  MergesReader(Json model, Vocabulary vocabulary, String prefix) {
    this.model = model;
    this.vocabulary = vocabulary;
    this.prefix = prefix;
  }

  MergeTable read(MergeEntries entries) {
    int size = entries.size();
    var left = new int[size];
    var right = new int[size];
    var joined = new int[size];
    for (int i = 0; i < size; i++) {
      int place = entries.places()[i];
      String first = entries.left().get(i);
      String second = entries.right().get(i);
      left[i] = id(place, first);
      right[i] = id(place, second);
      joined[i] = id(place, first + withoutPrefix(place, second));
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

  private int id(int place, String token) {
    int id = vocabulary.id(token);
    if (id == Vocabulary.NONE) {
      throw error(place, "token '" + token + "' is not in the vocabulary");
    }
    return id;
  }

  private ModelFileException error(int place, String problem) {
    return Fields.error(model, "merges[" + place + "]", problem);
  }
}
