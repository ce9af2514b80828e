package io.github.modernbert.weights;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The weights that a {@code WordWeights} module gives to the tokens of a vocabulary. */
public final class TokenWeights {
  private final Path file;
  private final float[] weights;

  private TokenWeights(Path file, float[] weights) {
    this.file = file;
    this.weights = weights;
  }

  /**
   * Reads a module's folder: {@code vocab} lists the tokens by id, {@code word_weights} has the
   * weight of a token, or of it in lower case, and the others have {@code unknown_word_weight}.
   *
   * @throws ModelFileException if the file is missing or malformed
   */
  public static TokenWeights read(EmbeddingModule.WordWeights module) {
    Path file = module.folder().resolve("config.json");
    Json json = Json.read(file);
    List<Json> vocabulary = json.get("vocab").items();
    Map<String, Json> known = json.get("word_weights").members();
    float unknown =
        json.find("unknown_word_weight").map(value -> (float) value.number()).orElse(1f);
    var weights = new float[vocabulary.size()];
    for (int id = 0; id < weights.length; id++) {
      String token = vocabulary.get(id).string();
      Json weight = known.get(token);
      if (weight == null) {
        weight = known.get(token.toLowerCase(Locale.ROOT));
      }
      weights[id] = weight == null ? unknown : (float) weight.number();
    }
    return new TokenWeights(file, weights);
  }

  /**
   * The weight of a token.
   *
   * @throws ModelFileException if the file has none for this id
   */
  public float of(int id) {
    if (id >= weights.length) {
      throw new ModelFileException(
          file, "vocab: %d tokens, found a text with token %d".formatted(weights.length, id));
    }
    return weights[id];
  }
}
