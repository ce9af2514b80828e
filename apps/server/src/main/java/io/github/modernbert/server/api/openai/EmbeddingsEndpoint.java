package io.github.modernbert.server.api.openai;

import io.github.modernbert.Embedding;
import io.github.modernbert.Task;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.api.Input;
import io.github.modernbert.server.api.InputEmbedder;
import io.github.modernbert.server.api.Measured;
import io.github.modernbert.server.api.Members;
import io.github.modernbert.server.api.ModelChoice.Chosen;
import io.github.modernbert.server.api.TextReading;
import io.github.modernbert.server.api.Usage;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.JsonInput;
import io.github.modernbert.server.http.JsonOutput;
import io.github.modernbert.server.http.Reply;
import io.github.modernbert.server.metrics.Metrics;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /v1/embeddings}: vectors of length 1, as numbers or in base64. */
public final class EmbeddingsEndpoint {
  private final Context context;

  /** With what endpoints need. */
  public EmbeddingsEndpoint(Context context) {
    this.context = context;
  }

  private static final class Body {
    final TextReading reading;
    Input.@Nullable Inputs input;
    boolean base64;
    @Nullable Integer dimensions;
    @Nullable String model;

    Body(Context context) {
      reading = new TextReading(context.settings().reading());
    }

    void read(JsonInput in, String name, int most) throws IOException {
      switch (name) {
        case "input" -> input = Input.read(in, name, most);
        case "model" -> model = in.textOrNull(name);
        case "encoding_format" -> base64 = isBase64(in.textOrNull(name));
        case "dimensions" -> dimensions = in.integerOrNull(name, 1);
        default -> reading.read(in, name);
      }
    }

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
  }

  /** Answers. */
  public Reply embeddings(Call call) {
    var body = new Body(context);
    int most = context.settings().limits().maxClientBatchSize();
    call.read((in, name) -> body.read(in, name, most));
    Input.Inputs input = Members.required("input", body.input);
    context.requireIdsAreTaken(input);
    Chosen<TextEmbedder> chosen =
        context.models().of(TextEmbedder.class, Task.EMBEDDING, body.model);
    var vectors =
        new InputEmbedder(chosen, body.reading, InputEmbedder.options(true, body.dimensions));
    return new Measured(
            call,
            context,
            Metrics.Work.EMBED,
            chosen.alias(),
            input.items().size(),
            input.isBatch(),
            input.characters())
        .reply(
            () -> vectors.of(input.items()),
            all -> Measured.Count.of(all, Embedding::tokens, Embedding::truncated),
            (all, count) -> out -> write(out, all, body.base64, chosen.alias(), count.tokens()));
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
