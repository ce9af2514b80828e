package io.github.modernbert.server.api.tasks;

import io.github.modernbert.Aggregation;
import io.github.modernbert.Entities;
import io.github.modernbert.Entity;
import io.github.modernbert.Task;
import io.github.modernbert.TokenClassifier;
import io.github.modernbert.TokenClassifyOptions;
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
import org.jspecify.annotations.Nullable;

/** {@code /v1/entities}: the entities of texts, or the labels of their tokens. */
public final class EntitiesEndpoint {
  private final Context context;

  /** With what endpoints need. */
  public EntitiesEndpoint(Context context) {
    this.context = context;
  }

  /** Answers. */
  public Reply entities(Call call) {
    var own =
        new Object() {
          Aggregation aggregation = Aggregation.SIMPLE;
          @Nullable Integer stride;
          List<String> ignoreLabels = List.of("O");
        };
    TaskBody body =
        TaskBody.read(
            call,
            context,
            (in, name) -> {
              switch (name) {
                case "aggregation_strategy" -> own.aggregation = aggregation(in.text(name));
                case "stride" -> own.stride = in.integerOrNull(name, 0);
                case "ignore_labels" -> own.ignoreLabels = in.list(name, () -> in.text(name));
                default -> {
                  return false;
                }
              }
              return true;
            });
    List<String> texts = body.texts();
    Chosen<TokenClassifier> chosen =
        context.models().of(TokenClassifier.class, Task.TOKEN_CLASSIFICATION, body.model());
    TokenClassifyOptions read =
        body.reading()
            .applyTo(TokenClassifyOptions.defaults())
            .aggregation(own.aggregation)
            .ignoreLabels(own.ignoreLabels.toArray(String[]::new));
    TokenClassifyOptions options = own.stride == null ? read : read.stride(own.stride);
    return body.measured(call, context, Metrics.Work.PREDICT, chosen.alias())
        .reply(
            () -> chosen.model().classify(texts, options),
            all -> Measured.Count.of(all, Entities::tokens, Entities::truncated),
            (all, count) -> {
              var text = texts.iterator();
              return TaskBody.results(
                  chosen.alias(),
                  all,
                  count.tokens(),
                  (out, entities) -> write(out, text.next(), entities));
            });
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
      out.beginObject()
          .member("label", entity.label())
          .member("score", entity.score())
          .member("start", TaskBody.codePoints(text, entity.start()))
          .member("end", TaskBody.codePoints(text, entity.end()))
          .member("text", entity.text())
          .endObject();
    }
    out.endArray()
        .member("tokens", entities.tokens())
        .member("truncated", entities.truncated())
        .endObject();
  }
}
