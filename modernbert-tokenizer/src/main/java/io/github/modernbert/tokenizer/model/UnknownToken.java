package io.github.modernbert.tokenizer.model;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tokenizer.json.Fields;

/**
 * The token {@code unk_token} of a model, for words that have no other. A file may name one that
 * its vocabulary lacks; that matters only when it is needed.
 *
 * @param model the model, for messages
 * @param id its id, or {@link Vocabulary#NONE}
 */
record UnknownToken(Json model, String token, int id) {
  /** The token that a key of the model holds. */
  static UnknownToken of(Json model, Json key, Vocabulary vocabulary) {
    String token = Fields.string(key);
    return new UnknownToken(model, token, vocabulary.id(token));
  }

  /**
   * Its id.
   *
   * @throws ModelFileException if the vocabulary lacks it
   */
  @Override
  public int id() {
    if (id == Vocabulary.NONE) {
      throw model.error("unk_token '" + token + "' is not in the vocabulary but is needed");
    }
    return id;
  }
}
