package io.github.modernbert.tasks;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.weights.TokenizerConfig;
import java.nio.file.Path;

/** Finds the mask token of a model. */
public final class MaskToken {
  private static final String USUAL = "[MASK]";

  private MaskToken() {}

  /** The id of the token that the files name, or of the usual one. */
  public static int id(LoadedModel model, TokenizerConfig config) {
    Path folder = model.settings().transformer();
    String mask = config.maskToken().orElse(USUAL);
    return model
        .tokenizer()
        .tokenizer()
        .tokenToId(mask)
        .orElseThrow(() ->
            new ModelFileException(
                folder.resolve("tokenizer.json"),
                "has no mask token '%s'%s"
                    .formatted(
                        mask,
                        config.maskToken().isPresent()
                            ? " as tokenizer_config.json says"
                            : ", and tokenizer_config.json names no other")));
  }
}
