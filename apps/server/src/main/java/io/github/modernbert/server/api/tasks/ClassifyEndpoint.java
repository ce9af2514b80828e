package io.github.modernbert.server.api.tasks;

import io.github.modernbert.Classification;
import io.github.modernbert.ClassifyOptions;
import io.github.modernbert.LabelScore;
import io.github.modernbert.ScoreFunction;
import io.github.modernbert.Task;
import io.github.modernbert.TextClassifier;
import io.github.modernbert.ZeroShotClassifier;
import io.github.modernbert.ZeroShotOptions;
import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.api.Input;
import io.github.modernbert.server.api.Measured;
import io.github.modernbert.server.api.Members;
import io.github.modernbert.server.api.ModelChoice.Chosen;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.JsonOutput;
import io.github.modernbert.server.http.Reply;
import io.github.modernbert.server.metrics.Metrics;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /v1/classify} and {@code /v1/zero-shot}: labels of texts, best first. */
public final class ClassifyEndpoint {
  private final Context context;

  /** With what endpoints need. */
  public ClassifyEndpoint(Context context) {
    this.context = context;
  }

  /** The labels that the model was trained for. */
  public Reply classify(Call call) {
    var own =
        new Object() {
          @Nullable Integer topK;
          boolean rawScores;
        };
    TaskBody body =
        TaskBody.read(
            call,
            context,
            (in, name) -> {
              switch (name) {
                case "top_k" -> own.topK = in.integerOrNull(name, 1);
                case "raw_scores" -> own.rawScores = in.truth(name);
                default -> {
                  return false;
                }
              }
              return true;
            });
    List<String> texts = body.texts();
    Chosen<TextClassifier> chosen =
        context.models().of(TextClassifier.class, Task.TEXT_CLASSIFICATION, body.model());
    ClassifyOptions read = body.reading().applyTo(ClassifyOptions.defaults());
    ClassifyOptions limited = own.topK == null ? read : read.topK(own.topK);
    ClassifyOptions options = own.rawScores ? limited.scoreFunction(ScoreFunction.NONE) : limited;
    return body.measured(call, context, Metrics.Work.PREDICT, chosen.alias())
        .reply(
            () -> chosen.model().classify(texts, options),
            ClassifyEndpoint::count,
            (all, count) ->
                TaskBody.results(chosen.alias(), all, count.tokens(), ClassifyEndpoint::write));
  }

  /** Labels that the request brings. */
  public Reply zeroShot(Call call) {
    var own =
        new Object() {
          @Nullable List<String> labels;
          @Nullable String template;
          boolean multiLabel;
        };
    TaskBody body =
        TaskBody.read(
            call,
            context,
            (in, name) -> {
              switch (name) {
                case "labels", "candidate_labels" ->
                    own.labels = in.list(name, () -> in.text(name));
                case "template", "hypothesis_template" -> own.template = in.textOrNull(name);
                case "multi_label" -> own.multiLabel = in.truth(name);
                default -> {
                  return false;
                }
              }
              return true;
            });
    List<String> texts = body.texts();
    List<String> labels = Members.required("labels", own.labels);
    if (labels.isEmpty()) {
      throw Input.empty("labels");
    }
    Chosen<ZeroShotClassifier> chosen =
        context.models().of(ZeroShotClassifier.class, Task.ZERO_SHOT_CLASSIFICATION, body.model());
    ZeroShotOptions read =
        body.reading().applyTo(ZeroShotOptions.defaults().multiLabel(own.multiLabel));
    ZeroShotOptions options = own.template == null ? read : read.template(own.template);
    return body.measured(call, context, Metrics.Work.PREDICT, chosen.alias())
        .reply(
            () -> chosen.model().classify(texts, labels, options),
            ClassifyEndpoint::count,
            (all, count) ->
                TaskBody.results(chosen.alias(), all, count.tokens(), ClassifyEndpoint::write));
  }

  private static Measured.Count count(List<Classification> all) {
    return Measured.Count.of(all, Classification::tokens, Classification::truncated);
  }

  private static void write(JsonOutput out, Classification classification) {
    out.beginObject().name("labels").beginArray();
    for (LabelScore label : classification.labels()) {
      out.beginObject().member("label", label.label()).member("score", label.score()).endObject();
    }
    out.endArray()
        .member("tokens", classification.tokens())
        .member("truncated", classification.truncated())
        .endObject();
  }
}
