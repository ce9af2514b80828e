package io.github.modernbert.tokenizer;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.Fields;

/**
 * A token that is found in the text before anything else happens to it.
 *
 * @param id its id
 * @param content its text
 * @param singleWord whether it is only found where no word character is next to it
 * @param lstrip whether white space to its left belongs to it
 * @param rstrip whether white space to its right belongs to it
 * @param normalized whether its normalized text is found in the normalized text
 * @param special whether decoding can skip it
 */
public record AddedToken(
    int id,
    String content,
    boolean singleWord,
    boolean lstrip,
    boolean rstrip,
    boolean normalized,
    boolean special) {
  static AddedToken read(Json json) {
    return new AddedToken(
        Fields.natural(json.get("id")),
        Fields.string(json.get("content")),
        json.get("single_word").bool(),
        json.get("lstrip").bool(),
        json.get("rstrip").bool(),
        json.get("normalized").bool(),
        json.get("special").bool());
  }

  AddedToken withId(int changed) {
    return new AddedToken(changed, content, singleWord, lstrip, rstrip, normalized, special);
  }
}
