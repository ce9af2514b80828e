package io.github.modernbert.server.api.tei;

import io.github.modernbert.SparseEmbedding;
import io.github.modernbert.SparseEncoder;
import io.github.modernbert.SparseOptions;
import io.github.modernbert.Task;
import io.github.modernbert.server.api.Body;
import io.github.modernbert.server.api.Body.Form;
import io.github.modernbert.server.api.Body.Member;
import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.api.Input;
import io.github.modernbert.server.api.InputReader;
import io.github.modernbert.server.api.Measured;
import io.github.modernbert.server.api.ModelChoice;
import io.github.modernbert.server.api.ModelChoice.Chosen;
import io.github.modernbert.server.api.TextReading;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.JsonOutput;
import io.github.modernbert.server.http.Reply;
import io.github.modernbert.server.metrics.Metrics;

/**
 * {@code /embed_sparse}: weights of tokens for each text.
 *
 * @param context what endpoints need
 */
public record SparseEndpoint(Context context) {
  private static final Member<Input.Inputs> INPUTS = Member.of(Input::read, "inputs");
  private static final Form FORM = TextReading.FORM.with(ModelChoice.MODEL, INPUTS);

  /** Answers. */
  public Reply embedSparse(Call call) {
    Body body = FORM.read(call);
    Input.Inputs inputs = body.required(INPUTS);
    context.requireIdsAreTaken(inputs);
    Chosen<SparseEncoder> chosen =
        context.models().of(SparseEncoder.class, Task.SPARSE_EMBEDDING, body);
    TextReading reading = context.reading(body);
    SparseOptions options = reading.prompted(SparseOptions.defaults());
    var reader = new InputReader(chosen, reading);
    return new Measured(call, context, Metrics.Work.EMBED, chosen.alias(), inputs.size())
        .reply(
            times ->
                reader.compute(
                    inputs.items(),
                    texts -> chosen.model().encode(texts, times.of(options)),
                    ids -> chosen.model().encodeTokenIds(ids, times.of(options))),
            computed -> computed.count(SparseEmbedding::tokens, SparseEmbedding::truncated),
            (computed, _) ->
                out -> {
                  out.beginArray();
                  computed.results().forEach(embedding -> write(out, embedding));
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
