package io.github.modernbert.server.api.tasks;

import io.github.modernbert.FillMask;
import io.github.modernbert.FillMaskOptions;
import io.github.modernbert.FilledMask;
import io.github.modernbert.Task;
import io.github.modernbert.TokenPrediction;
import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.api.Measured;
import io.github.modernbert.server.api.ModelChoice.Chosen;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.JsonOutput;
import io.github.modernbert.server.http.Reply;
import io.github.modernbert.server.metrics.Metrics;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /v1/fill-mask}: the tokens that fit in place of masks. */
public final class FillMaskEndpoint {
  private final Context context;

  /** With what endpoints need. */
  public FillMaskEndpoint(Context context) {
    this.context = context;
  }

  /** Answers. */
  public Reply fill(Call call) {
    var own =
        new Object() {
          @Nullable Integer topK;
          @Nullable List<String> targets;
        };
    TaskBody body =
        TaskBody.read(
            call,
            context,
            (in, name) -> {
              switch (name) {
                case "top_k" -> own.topK = in.integerOrNull(name, 1);
                case "targets" -> own.targets = in.list(name, () -> in.text(name));
                default -> {
                  return false;
                }
              }
              return true;
            });
    List<String> texts = body.texts();
    Chosen<FillMask> chosen = context.models().of(FillMask.class, Task.FILL_MASK, body.model());
    FillMask model = chosen.model();
    FillMaskOptions read = body.reading().applyTo(FillMaskOptions.defaults());
    FillMaskOptions limited = own.topK == null ? read : read.topK(own.topK);
    FillMaskOptions options = own.targets == null ? limited : limited.targets(own.targets);
    return body.measured(call, context, Metrics.Work.PREDICT, chosen.alias())
        .reply(
            () -> model.fill(texts, options),
            _ -> count(model, texts),
            (all, count) -> {
              var text = texts.iterator();
              return TaskBody.results(
                  chosen.alias(),
                  all,
                  count.tokens(),
                  (out, masks) -> write(out, text.next(), masks));
            });
  }

  private static Measured.Count count(FillMask model, List<String> texts) {
    int[] lengths =
        texts.stream()
            .mapToInt(text -> Math.min(model.tokenizer().count(text, true), model.maxLength()))
            .toArray();
    return new Measured.Count(lengths, 0);
  }

  private static void write(JsonOutput out, String text, List<FilledMask> masks) {
    out.beginObject().name("masks").beginArray();
    for (FilledMask mask : masks) {
      out.beginObject()
          .member("start", TaskBody.codePoints(text, mask.start()))
          .member("end", TaskBody.codePoints(text, mask.end()))
          .name("predictions")
          .beginArray();
      for (TokenPrediction prediction : mask.predictions()) {
        out.beginObject()
            .member("token_id", prediction.id())
            .member("token", prediction.token())
            .member("score", prediction.score())
            .member("sequence", prediction.sequence())
            .endObject();
      }
      out.endArray().endObject();
    }
    out.endArray().endObject();
  }
}
