package io.github.modernbert.server.api;

import io.github.modernbert.CrossEncoder;
import io.github.modernbert.SparseEncoder;
import io.github.modernbert.TaskModel;
import io.github.modernbert.TextClassifier;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.server.api.rerank.RerankEndpoint;
import io.github.modernbert.server.api.tei.EmbedEndpoint;
import io.github.modernbert.server.api.tei.PredictEndpoint;
import io.github.modernbert.server.api.tei.SparseEndpoint;
import io.github.modernbert.server.http.ApiException;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.ErrorKind;
import io.github.modernbert.server.http.Reply;

/** {@code POST /}: what the default model was made for. */
record RootEndpoint(
    Context context,
    EmbedEndpoint embed,
    SparseEndpoint sparse,
    PredictEndpoint predict,
    RerankEndpoint rerank) {
  Reply answer(Call call) {
    ModelChoice.Chosen<TaskModel> chosen = context.models().any(null);
    return switch (chosen.model()) {
      case TextEmbedder _ -> embed.embedOrCompare(call);
      case SparseEncoder _ -> sparse.embedSparse(call);
      case TextClassifier _ -> predict.predict(call);
      case CrossEncoder _ -> rerank.rerank(call);
      default ->
          throw new ApiException(
              ErrorKind.BACKEND,
              "model %s has no default route; see /docs".formatted(chosen.alias()));
    };
  }
}
