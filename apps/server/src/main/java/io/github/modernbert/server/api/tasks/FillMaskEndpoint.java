package io.github.modernbert.server.api.tasks;

import io.github.modernbert.FillMask;
import io.github.modernbert.FillMaskOptions;
import io.github.modernbert.FilledMask;
import io.github.modernbert.Task;
import io.github.modernbert.TokenPrediction;
import io.github.modernbert.server.api.Body;
import io.github.modernbert.server.api.Body.Form;
import io.github.modernbert.server.api.Body.Member;
import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.api.Measured;
import io.github.modernbert.server.api.ModelChoice.Chosen;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.JsonOutput;
import io.github.modernbert.server.http.Reply;
import io.github.modernbert.server.metrics.Metrics;
import java.util.List;

/**
 * {@code /v1/fill-mask}: the tokens that fit in place of masks.
 *
 * @param context what endpoints need
 */
public record FillMaskEndpoint(Context context) {
  private static final Member<Integer> TOP_K = Member.integerOrNull(1, "top_k");
  private static final Member<List<String>> TARGETS = Member.texts("targets");
  private static final Form FORM = TaskBody.FORM.with(TOP_K, TARGETS);

  /** Answers. */
  public Reply fill(Call call) {
    Body body = FORM.read(call);
    List<String> texts = TaskBody.texts(body);
    Chosen<FillMask> chosen = context.models().of(FillMask.class, Task.FILL_MASK, body);
    FillMask model = chosen.model();
    FillMaskOptions read = context.reading(body).applyTo(FillMaskOptions.defaults());
    FillMaskOptions limited = body.apply(read, TOP_K, FillMaskOptions::topK);
    FillMaskOptions options = body.apply(limited, TARGETS, FillMaskOptions::targets);
    return TaskBody.measured(call, context, Metrics.Work.PREDICT, chosen.alias(), body)
        .reply(
            times -> model.fill(texts, times.of(options)),
            all -> count(model, texts, all),
            (all, count) ->
                TaskBody.results(
                    chosen.alias(), texts, all, count.tokens(), FillMaskEndpoint::write));
  }

  private static Measured.Count count(
      FillMask model, List<String> texts, List<List<FilledMask>> all) {
    int[] lengths =
        texts.stream()
            .mapToInt(text -> Math.min(model.tokenizer().count(text, true), model.maxLength()))
            .toArray();
    long truncated = all.stream().filter(masks -> masks.getFirst().truncated()).count();
    return new Measured.Count(lengths, (int) truncated);
  }

  private static void write(JsonOutput out, String text, List<FilledMask> masks) {
    out.beginObject().name("masks").beginArray();
    for (FilledMask mask : masks) {
      TaskBody.place(out.beginObject(), text, mask.start(), mask.end())
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
    out.endArray().member("truncated", masks.getFirst().truncated()).endObject();
  }
}
