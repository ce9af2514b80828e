package io.github.modernbert.server.api;

import io.github.modernbert.server.config.Settings;
import io.github.modernbert.server.http.JsonInput;
import io.github.modernbert.server.metrics.Metrics;

/**
 * The objects that endpoints need.
 *
 * @param models chooses models
 * @param admission bounds how many requests use them
 * @param metrics counts
 * @param settings what the server was told
 */
public record Context(ModelChoice models, Admission admission, Metrics metrics, Settings settings) {
  /** How the texts of a request are read. */
  public TextReading reading(Body body) {
    return new TextReading(body, settings.reading());
  }

  /** Refuses token ids if the settings say so. */
  public void requireIdsAreTaken(Input.Inputs inputs) {
    if (settings.reading().refuseTokenIds()
        && inputs.items().stream().anyMatch(Input.Ids.class::isInstance)) {
      throw JsonInput.invalid(
          "token ids are refused here, since they may be those of another model's tokenizer: send"
              + " texts. In LangChain's OpenAIEmbeddings set check_embedding_ctx_length=False");
    }
  }
}
