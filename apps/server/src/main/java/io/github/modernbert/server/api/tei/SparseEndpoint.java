package io.github.modernbert.server.api.tei;

import io.github.modernbert.SparseEmbedding;
import io.github.modernbert.SparseEncoder;
import io.github.modernbert.SparseOptions;
import io.github.modernbert.Task;
import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.api.Input;
import io.github.modernbert.server.api.Measured;
import io.github.modernbert.server.api.Members;
import io.github.modernbert.server.api.ModelChoice.Chosen;
import io.github.modernbert.server.api.TextReading;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.JsonInput;
import io.github.modernbert.server.http.JsonOutput;
import io.github.modernbert.server.http.Reply;
import io.github.modernbert.server.metrics.Metrics;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /embed_sparse}: weights of tokens for each text. */
public final class SparseEndpoint {
  private final Context context;

  /** With what endpoints need. */
  public SparseEndpoint(Context context) {
    this.context = context;
  }

  private static final class Body {
    final TextReading reading;
    Input.@Nullable Inputs inputs;
    @Nullable String model;

    Body(Context context) {
      reading = new TextReading(context.settings().reading());
    }

    void read(JsonInput in, String name, int most) throws IOException {
      switch (name) {
        case "inputs" -> inputs = Input.read(in, name, most);
        case "model" -> model = in.textOrNull(name);
        default -> reading.read(in, name);
      }
    }
  }

  /** Answers. */
  public Reply embedSparse(Call call) {
    var body = new Body(context);
    int most = context.settings().limits().maxClientBatchSize();
    call.read((in, name) -> body.read(in, name, most));
    Input.Inputs inputs = Members.required("inputs", body.inputs);
    List<String> texts = inputs.texts("inputs");
    Chosen<SparseEncoder> chosen =
        context.models().of(SparseEncoder.class, Task.SPARSE_EMBEDDING, body.model);
    SparseOptions options = body.reading.prompted(SparseOptions.defaults());
    return new Measured(
            call,
            context,
            Metrics.Work.EMBED,
            chosen.alias(),
            texts.size(),
            inputs.isBatch(),
            inputs.characters())
        .reply(
            () -> chosen.model().encode(texts, options),
            all -> Measured.Count.of(all, SparseEmbedding::tokens, SparseEmbedding::truncated),
            (all, _) ->
                out -> {
                  out.beginArray();
                  all.forEach(embedding -> write(out, embedding));
                  out.endArray();
                });
  }

  private static void write(JsonOutput out, SparseEmbedding embedding) {
    int[] ids = embedding.ids();
    float[] values = embedding.values();
    out.beginArray();
    for (int i = 0; i < ids.length; i++) {
      out.beginObject().member("index", ids[i]).member("value", values[i]).endObject();
    }
    out.endArray();
  }
}
