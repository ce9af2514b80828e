package io.github.modernbert.server.api;

import io.github.modernbert.server.config.Settings;
import io.github.modernbert.server.http.JsonInput;
import io.github.modernbert.server.metrics.Metrics;

/**
 * The objects that endpoints need.
 *
 * @param models chooses models
 * @param computing runs them
 * @param metrics counts
 * @param settings what the server was told
 */
public record Context(ModelChoice models, Computing computing, Metrics metrics, Settings settings) {
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
