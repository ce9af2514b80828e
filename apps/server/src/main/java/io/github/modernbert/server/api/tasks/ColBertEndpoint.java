package io.github.modernbert.server.api.tasks;

import io.github.modernbert.ColBert;
import io.github.modernbert.ColBertOptions;
import io.github.modernbert.Task;
import io.github.modernbert.TokenEmbeddings;
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
import java.util.List;

/**
 * {@code /v1/colbert}: vectors of the tokens of queries or documents.
 *
 * @param context what endpoints need
 */
public record ColBertEndpoint(Context context) {
  private static final Member<Boolean> IS_QUERY =
      Member.of((in, name) -> isFirst(name, in.text(name), "query", "document"), "input_type");
  private static final Member<Boolean> BASE64 =
      Member.of((in, name) -> isFirst(name, in.text(name), "base64", "float"), "encoding_format");
  private static final Form FORM = TaskBody.FORM.with(IS_QUERY, BASE64);

  /** Answers. */
  public Reply encode(Call call) {
    Body body = FORM.read(call);
    List<String> texts = TaskBody.texts(body);
    Chosen<ColBert> chosen = context.models().of(ColBert.class, Task.LATE_INTERACTION, body);
    ColBert model = chosen.model();
    ColBertOptions options = context.reading(body).applyTo(ColBertOptions.defaults());
    return TaskBody.measured(call, context, Metrics.Work.EMBED, chosen.alias(), body)
        .reply(
            times ->
                body.is(IS_QUERY)
                    ? model.encodeQueries(texts, times.of(options))
                    : model.encodeDocuments(texts, times.of(options)),
            all -> Measured.Count.of(all, TokenEmbeddings::size, TokenEmbeddings::truncated),
            (all, count) ->
                TaskBody.results(
                    chosen.alias(),
                    all,
                    count.tokens(),
                    (out, tokens) -> write(out, tokens, body.is(BASE64))));
  }

  private static boolean isFirst(String name, String value, String first, String second) {
    if (!value.equals(first) && !value.equals(second)) {
      throw JsonInput.invalid(
          "`%s`: expected %s or %s, found '%s'".formatted(name, first, second, value));
    }
    return value.equals(first);
  }

  private static void write(JsonOutput out, TokenEmbeddings tokens, boolean base64) {
    out.beginObject().name("tokens").beginArray();
    for (int i = 0; i < tokens.size(); i++) {
      out.value(tokens.token(i));
    }
    out.endArray().name("vectors").beginArray();
    for (int i = 0; i < tokens.size(); i++) {
      if (base64) {
        out.base64(tokens.vector(i));
      } else {
        out.vector(tokens.vector(i));
      }
    }
    out.endArray().member("truncated", tokens.truncated()).endObject();
  }
}
