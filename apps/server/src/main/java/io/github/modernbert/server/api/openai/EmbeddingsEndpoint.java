package io.github.modernbert.server.api.openai;

import io.github.modernbert.Embedding;
import io.github.modernbert.Task;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.server.api.Body;
import io.github.modernbert.server.api.Body.Form;
import io.github.modernbert.server.api.Body.Member;
import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.api.Input;
import io.github.modernbert.server.api.InputEmbedder;
import io.github.modernbert.server.api.Measured;
import io.github.modernbert.server.api.ModelChoice;
import io.github.modernbert.server.api.ModelChoice.Chosen;
import io.github.modernbert.server.api.TextReading;
import io.github.modernbert.server.api.Usage;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.JsonInput;
import io.github.modernbert.server.http.JsonOutput;
import io.github.modernbert.server.http.Reply;
import io.github.modernbert.server.metrics.Metrics;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v1/embeddings}: vectors of length 1, as numbers or in base64.
 *
 * @param context what endpoints need
 */
public record EmbeddingsEndpoint(Context context) {
  private static final Member<Input.Inputs> INPUT = Member.of(Input::read, "input");
  private static final Member<Boolean> BASE64 =
      Member.of((in, name) -> isBase64(in.textOrNull(name)), "encoding_format");
  private static final Member<Integer> DIMENSIONS = Member.integerOrNull(1, "dimensions");
  private static final Form FORM =
      TextReading.FORM.with(ModelChoice.MODEL, INPUT, BASE64, DIMENSIONS);

  private static boolean isBase64(@Nullable String format) {
    return switch (format) {
      case "base64" -> true;
      case "float" -> false;
      case null -> false;
      default ->
          throw JsonInput.invalid(
              "`encoding_format`: expected float or base64, found '" + format + "'");
    };
  }

  /** Answers. */
  public Reply embeddings(Call call) {
    Body body = FORM.read(call);
    Input.Inputs input = body.required(INPUT);
    context.requireIdsAreTaken(input);
    Chosen<TextEmbedder> chosen = context.models().of(TextEmbedder.class, Task.EMBEDDING, body);
    var vectors =
        new InputEmbedder(
            chosen, context.reading(body), InputEmbedder.options(true, body.find(DIMENSIONS)));
    return new Measured(call, context, Metrics.Work.EMBED, chosen.alias(), input.size())
        .reply(
            times -> vectors.of(input.items(), times),
            computed -> computed.count(Embedding::tokens, Embedding::truncated),
            (computed, count) ->
                out ->
                    write(
                        out, computed.results(), body.is(BASE64), chosen.alias(), count.tokens()));
  }

  private static void write(
      JsonOutput out, List<Embedding> all, boolean base64, String model, long tokens) {
    out.beginObject().member("object", "list").name("data").beginArray();
    for (int i = 0; i < all.size(); i++) {
      out.beginObject().member("object", "embedding").member("index", i).name("embedding");
      if (base64) {
        out.base64(all.get(i).vector());
      } else {
        out.vector(all.get(i).vector());
      }
      out.endObject();
    }
    out.endArray().member("model", model);
    Usage.write(out, tokens);
    out.endObject();
  }
}
