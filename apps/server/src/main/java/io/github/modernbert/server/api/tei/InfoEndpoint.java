package io.github.modernbert.server.api.tei;

import io.github.modernbert.ColBert;
import io.github.modernbert.CrossEncoder;
import io.github.modernbert.ModelInfo;
import io.github.modernbert.SparseEncoder;
import io.github.modernbert.Task;
import io.github.modernbert.TaskModel;
import io.github.modernbert.TextClassifier;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.TokenClassifier;
import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.api.ModelChoice.Chosen;
import io.github.modernbert.server.config.Settings;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.JsonOutput;
import io.github.modernbert.server.http.Reply;
import io.github.modernbert.server.models.ServedModel;
import java.util.List;
import java.util.Locale;

/**
 * {@code /info}: what is served, with the members of text-embeddings-inference and ours.
 *
 * @param context what endpoints need
 * @param version the version of the program
 */
public record InfoEndpoint(Context context, String version) {
  /** Answers, for the default model or the one that {@code ?model=} names. */
  public Reply info(Call call) {
    Chosen<TaskModel> chosen = context.models().any(call.parameter("model").orElse(null));
    Settings settings = context.settings();
    ModelInfo info = chosen.info();
    return Reply.json(out -> {
      out.beginObject()
          .member("model_id", chosen.info().source())
          .name("model_sha")
          .nullValue()
          .member("model_dtype", info.precision().name().toLowerCase(Locale.ROOT))
          .member("served_model_name", chosen.alias())
          .name("model_type");
      modelType(out, chosen);
      out.member("max_concurrent_requests", settings.limits().maxConcurrentRequests())
          .member("max_input_length", info.maxLength())
          .member("max_batch_tokens", context.models().registry().maxBatchTokens())
          .name("max_batch_requests")
          .nullValue()
          .member("max_client_batch_size", settings.limits().maxClientBatchSize())
          .member("auto_truncate", settings.reading().autoTruncate())
          .member("tokenization_workers", info.threads())
          .member("version", version)
          .name("sha")
          .nullValue()
          .name("docker_label")
          .nullValue();
      out.member("payload_limit", settings.limits().payloadLimit());
      out.name("models").beginArray();
      context.models().registry().all().forEach(served -> model(out, served));
      out.endArray().endObject();
    });
  }

  /** The members of text-embeddings-inference, which has three types of models. */
  private static void modelType(JsonOutput out, Chosen<TaskModel> chosen) {
    out.beginObject();
    switch (chosen.model()) {
      case CrossEncoder encoder -> labels(out.name("reranker"), encoder.labels());
      case TextClassifier classifier -> labels(out.name("classifier"), classifier.labels());
      case SparseEncoder _ -> pooling(out, "splade");
      case TextEmbedder _ -> pooling(out, pooling(chosen.info()));
      default ->
          out.name(chosen.info().tasks().getFirst().key().replace('-', '_'))
              .beginObject()
              .endObject();
    }
    out.endObject();
  }

  private static void pooling(JsonOutput out, String pooling) {
    out.name("embedding").beginObject().member("pooling", pooling).endObject();
  }

  /** The pooling as the steps name it, such as {@code mean}. */
  private static String pooling(ModelInfo info) {
    return info.steps().replaceFirst(" pooling.*", "");
  }

  private static void labels(JsonOutput out, List<String> labels) {
    out.beginObject().name("id2label").beginObject();
    for (int i = 0; i < labels.size(); i++) {
      out.member(Integer.toString(i), labels.get(i));
    }
    out.endObject().name("label2id").beginObject();
    for (int i = 0; i < labels.size(); i++) {
      out.member(labels.get(i), i);
    }
    out.endObject().endObject();
  }

  private static void model(JsonOutput out, ServedModel served) {
    TaskModel model = served.model().orElseThrow();
    ModelInfo info = served.info().orElseThrow();
    out.beginObject().member("name", served.alias()).member("task", task(model).key());
    out.name("labels").beginArray();
    labels(model).forEach(out::value);
    out.endArray();
    out.member("max_length", info.maxLength())
        .member("dimension", dimension(model))
        .member("parameters", info.parameters())
        .member("weight_bytes", info.weightBytes())
        .member("kernels", info.kernels())
        .member("threads", info.threads());
    out.name("prompts").beginObject();
    info.prompts().forEach(out::member);
    out.endObject().endObject();
  }

  private static List<String> labels(TaskModel model) {
    return switch (model) {
      case TextClassifier classifier -> classifier.labels();
      case TokenClassifier classifier -> classifier.labels();
      case CrossEncoder encoder -> encoder.labels();
      default -> List.of();
    };
  }

  private static int dimension(TaskModel model) {
    return switch (model) {
      case TextEmbedder embedder -> embedder.dimension();
      case SparseEncoder encoder -> encoder.dimension();
      case ColBert colBert -> colBert.dimension();
      default -> 0;
    };
  }

  /** The task that a model is loaded for. */
  private static Task task(TaskModel model) {
    for (Task task : Task.values()) {
      if (task.className().equals(model.getClass().getSimpleName())) {
        return task;
      }
    }
    throw new IllegalStateException(model.getClass().toString());
  }
}
