package io.github.modernbert.tasks;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tokenizer.Tokenizer;
import java.util.Optional;
import java.util.OptionalInt;

/** Finds the mask token of a model. */
public final class MaskToken {
  private static final String USUAL = "[MASK]";

  private MaskToken() {}

  /**
   * The id of the token that the files name, or of the usual one.
   *
   * @throws ModelFileException if the model has no such token
   */
  public static int id(LoadedModel model) {
    Tokenizer tokenizer = model.tokenizer().tokenizer();
    Optional<String> named = tokenizer.settings().specialToken("mask_token");
    String mask = named.orElse(USUAL);
    int vocabulary = model.config().vocabSize();
    OptionalInt id = tokenizer.tokenToId(mask);
    // A token that is only named gets an id behind those of the model.
    if (id.isEmpty() || id.getAsInt() >= vocabulary) {
      throw new ModelFileException(
          model.settings().files().tokenizer().resolve("tokenizer.json"),
          "has no mask token '%s'%s"
              .formatted(
                  mask,
                  named.isPresent()
                      ? " as tokenizer_config.json says"
                      : ", and tokenizer_config.json names no other"));
    }
    return id.getAsInt();
  }
}
