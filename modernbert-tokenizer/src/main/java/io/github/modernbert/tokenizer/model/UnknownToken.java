package io.github.modernbert.tokenizer.model;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;

/**
 * The token {@code unk_token} of a model, for words that have no other. A file may name one that
 * its vocabulary lacks; that matters only when it is needed.
 */
final class UnknownToken {
  private final Json model;
  private final String token;
  private final int id;

  UnknownToken(Json model, String token, Vocabulary vocabulary) {
    this.model = model;
    this.token = token;
    this.id = vocabulary.id(token);
  }

  /**
   * Its id.
   *
   * @throws ModelFileException if the vocabulary lacks it
   */
  int id() {
    if (id == Vocabulary.NONE) {
      throw model.error("unk_token '" + token + "' is not in the vocabulary but is needed");
    }
    return id;
  }
}
