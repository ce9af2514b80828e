package io.github.modernbert.server.api.tasks;

import io.github.modernbert.Aggregation;
import io.github.modernbert.Entities;
import io.github.modernbert.Entity;
import io.github.modernbert.Task;
import io.github.modernbert.TokenClassifier;
import io.github.modernbert.TokenClassifyOptions;
import io.github.modernbert.server.api.Body;
import io.github.modernbert.server.api.Body.Form;
import io.github.modernbert.server.api.Body.Member;
import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.api.Measured;
import io.github.modernbert.server.api.ModelChoice.Chosen;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.JsonInput;
import io.github.modernbert.server.http.JsonOutput;
import io.github.modernbert.server.http.Reply;
import io.github.modernbert.server.metrics.Metrics;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * {@code /v1/entities}: the entities of texts, or the labels of their tokens.
 *
 * @param context what endpoints need
 */
public record EntitiesEndpoint(Context context) {
  private static final Member<Aggregation> AGGREGATION =
      Member.of((in, name) -> aggregation(in.text(name)), "aggregation_strategy");
  private static final Member<Integer> STRIDE = Member.integerOrNull(0, "stride");
  private static final Member<List<String>> IGNORE_LABELS = Member.texts("ignore_labels");
  private static final Form FORM = TaskBody.FORM.with(AGGREGATION, STRIDE, IGNORE_LABELS);

  /** Answers. */
  public Reply entities(Call call) {
    Body body = FORM.read(call);
    List<String> texts = TaskBody.texts(body);
    Chosen<TokenClassifier> chosen =
        context.models().of(TokenClassifier.class, Task.TOKEN_CLASSIFICATION, body);
    TokenClassifyOptions read =
        context
            .reading(body)
            .applyTo(TokenClassifyOptions.defaults())
            .aggregation(body.get(AGGREGATION, Aggregation.SIMPLE))
            .ignoreLabels(body.get(IGNORE_LABELS, List.of("O")).toArray(String[]::new));
    TokenClassifyOptions options = body.apply(read, STRIDE, TokenClassifyOptions::stride);
    return TaskBody.measured(call, context, Metrics.Work.PREDICT, chosen.alias(), body)
        .reply(
            times -> chosen.model().classify(texts, times.of(options)),
            all -> Measured.Count.of(all, Entities::tokens, Entities::truncated),
            (all, count) ->
                TaskBody.results(
                    chosen.alias(), texts, all, count.tokens(), EntitiesEndpoint::write));
  }

  private static Aggregation aggregation(String name) {
    try {
      return Aggregation.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw JsonInput.invalid(
          "`aggregation_strategy`: expected one of %s, found '%s'"
              .formatted(Arrays.toString(Aggregation.values()).toLowerCase(Locale.ROOT), name));
    }
  }

  private static void write(JsonOutput out, String text, Entities entities) {
    out.beginObject().name("entities").beginArray();
    for (Entity entity : entities.entities()) {
      out.beginObject().member("label", entity.label()).member("score", entity.score());
      TaskBody.place(out, text, entity.start(), entity.end())
          .member("text", entity.text())
          .endObject();
    }
    out.endArray()
        .member("tokens", entities.tokens())
        .member("truncated", entities.truncated())
        .endObject();
  }
}
