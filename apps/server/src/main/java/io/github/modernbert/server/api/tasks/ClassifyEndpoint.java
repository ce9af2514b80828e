package io.github.modernbert.server.api.tasks;

import io.github.modernbert.Classification;
import io.github.modernbert.ClassifyOptions;
import io.github.modernbert.LabelScore;
import io.github.modernbert.ScoreFunction;
import io.github.modernbert.Task;
import io.github.modernbert.TextClassifier;
import io.github.modernbert.ZeroShotClassifier;
import io.github.modernbert.ZeroShotOptions;
import io.github.modernbert.server.api.Body;
import io.github.modernbert.server.api.Body.Form;
import io.github.modernbert.server.api.Body.Member;
import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.api.Input;
import io.github.modernbert.server.api.Measured;
import io.github.modernbert.server.api.ModelChoice.Chosen;
import io.github.modernbert.server.api.RequestTimes;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.JsonOutput;
import io.github.modernbert.server.http.Reply;
import io.github.modernbert.server.metrics.Metrics;
import java.util.List;
import java.util.function.Function;

/**
 * {@code /v1/classify} and {@code /v1/zero-shot}: labels of texts, best first.
 *
 * @param context what endpoints need
 */
public record ClassifyEndpoint(Context context) {
  private static final Member<Integer> TOP_K = Member.integerOrNull(1, "top_k");
  private static final Member<Boolean> RAW_SCORES = Member.truth("raw_scores");
  private static final Form CLASSIFY = TaskBody.FORM.with(TOP_K, RAW_SCORES);

  private static final Member<List<String>> LABELS = Member.texts("labels", "candidate_labels");
  private static final Member<String> TEMPLATE =
      Member.textOrNull("template", "hypothesis_template");
  private static final Member<Boolean> MULTI_LABEL = Member.truth("multi_label");
  private static final Form ZERO_SHOT = TaskBody.FORM.with(LABELS, TEMPLATE, MULTI_LABEL);

  /** The labels that the model was trained for. */
  public Reply classify(Call call) {
    Body body = CLASSIFY.read(call);
    List<String> texts = TaskBody.texts(body);
    Chosen<TextClassifier> chosen =
        context.models().of(TextClassifier.class, Task.TEXT_CLASSIFICATION, body);
    ClassifyOptions read = context.reading(body).applyTo(ClassifyOptions.defaults());
    ClassifyOptions limited = body.apply(read, TOP_K, ClassifyOptions::topK);
    ClassifyOptions options =
        body.is(RAW_SCORES) ? limited.scoreFunction(ScoreFunction.NONE) : limited;
    return reply(
        call, body, chosen.alias(), times -> chosen.model().classify(texts, times.of(options)));
  }

  /** Labels that the request brings. */
  public Reply zeroShot(Call call) {
    Body body = ZERO_SHOT.read(call);
    List<String> texts = TaskBody.texts(body);
    List<String> labels = body.required(LABELS);
    if (labels.isEmpty()) {
      throw Input.empty("labels");
    }
    Chosen<ZeroShotClassifier> chosen =
        context.models().of(ZeroShotClassifier.class, Task.ZERO_SHOT_CLASSIFICATION, body);
    ZeroShotOptions read =
        context.reading(body).applyTo(ZeroShotOptions.defaults()).multiLabel(body.is(MULTI_LABEL));
    ZeroShotOptions options = body.apply(read, TEMPLATE, ZeroShotOptions::template);
    return reply(
        call,
        body,
        chosen.alias(),
        times -> chosen.model().classify(texts, labels, times.of(options)));
  }

  private Reply reply(
      Call call,
      Body body,
      String alias,
      Function<RequestTimes, List<Classification>> computation) {
    return TaskBody.measured(call, context, Metrics.Work.PREDICT, alias, body)
        .reply(
            computation,
            ClassifyEndpoint::count,
            (all, count) -> TaskBody.results(alias, all, count.tokens(), ClassifyEndpoint::write));
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
