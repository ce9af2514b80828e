package io.github.modernbert.tokenizer;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.Fields;

/**
 * A token that is matched in a text before the text is pre-tokenized, such as {@code [MASK]}: an
 * entry of {@code added_tokens}.
 *
 * @param id the id of the token
 * @param content the text of the token
 * @param singleWord whether it matches only where no word character is next to it
 * @param lstrip whether a match takes in white space to its left
 * @param rstrip whether a match takes in white space to its right
 * @param normalized whether its normalized text is matched in the normalized text, instead of its
 *     text in the text
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
  /** The id of a token that has none yet. */
  static final int NO_ID = -1;

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

  /**
   * Reads a token of the files beside {@code tokenizer.json}, where flags may be missing and ids
   * stand elsewhere.
   *
   * @param special whether it is special if nothing is said
   */
  static AddedToken readWithDefaults(Json json, boolean special) {
    boolean isSpecial = Fields.flag(json, "special", special);
    return new AddedToken(
        NO_ID,
        Fields.string(json.get("content")),
        Fields.flag(json, "single_word", false),
        Fields.flag(json, "lstrip", false),
        Fields.flag(json, "rstrip", false),
        Fields.flag(json, "normalized", !isSpecial),
        isSpecial);
  }

  /** A token of which only its text and whether it is special are known. */
  static AddedToken of(String content, boolean special) {
    return new AddedToken(NO_ID, content, false, false, false, !special, special);
  }

  /** A special token of which only the text is known. */
  static AddedToken special(String content) {
    return of(content, true);
  }

  AddedToken withSpecial(boolean changed) {
    return new AddedToken(id, content, singleWord, lstrip, rstrip, normalized, changed);
  }

  AddedToken withId(int changed) {
    return new AddedToken(changed, content, singleWord, lstrip, rstrip, normalized, special);
  }
}
