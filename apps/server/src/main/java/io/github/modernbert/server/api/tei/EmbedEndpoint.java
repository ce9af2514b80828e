package io.github.modernbert.server.api.tei;

import com.google.gson.stream.JsonToken;
import io.github.modernbert.EmbedOptions;
import io.github.modernbert.Embedding;
import io.github.modernbert.Similarity;
import io.github.modernbert.Task;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.TokenEmbeddings;
import io.github.modernbert.server.api.Body;
import io.github.modernbert.server.api.Body.Form;
import io.github.modernbert.server.api.Body.Member;
import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.api.Input;
import io.github.modernbert.server.api.InputEmbedder;
import io.github.modernbert.server.api.InputReader;
import io.github.modernbert.server.api.InputReader.Computed;
import io.github.modernbert.server.api.Measured;
import io.github.modernbert.server.api.ModelChoice;
import io.github.modernbert.server.api.ModelChoice.Chosen;
import io.github.modernbert.server.api.TextReading;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.JsonInput;
import io.github.modernbert.server.http.Reply;
import io.github.modernbert.server.metrics.Metrics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code /embed}, {@code /embed_all} and {@code /similarity}: vectors of texts.
 *
 * @param context what endpoints need
 */
public record EmbedEndpoint(Context context) {
  private static final Member<Asked> INPUTS = Member.of(Asked::read, "inputs");
  private static final Member<Body> PARAMETERS = Member.object(TextReading.FORM, "parameters");
  private static final Member<Boolean> NORMALIZE = Member.truth("normalize");
  private static final Member<Integer> DIMENSIONS = Member.integerOrNull(1, "dimensions");
  private static final Form FORM =
      TextReading.FORM.with(ModelChoice.MODEL, INPUTS, PARAMETERS, NORMALIZE, DIMENSIONS);

  /** {@code /embed}: a vector for each text. */
  public Reply embed(Call call) {
    return embed(call, FORM.read(call));
  }

  /**
   * {@code POST /}: as {@code /similarity} if there is a sentence to compare, else {@code /embed}.
   */
  public Reply embedOrCompare(Call call) {
    Body body = FORM.read(call);
    return body.required(INPUTS) instanceof Sentences sentences
        ? similarity(call, body, sentences)
        : embed(call, body);
  }

  private Reply embed(Call call, Body body) {
    Input.Inputs inputs = texts(body);
    context.requireIdsAreTaken(inputs);
    Chosen<TextEmbedder> chosen = chosen(body);
    EmbedOptions options = InputEmbedder.options(body.get(NORMALIZE, true), body.find(DIMENSIONS));
    var vectors = new InputEmbedder(chosen, reading(body), options);
    return measured(call, chosen, inputs)
        .reply(
            times -> vectors.of(inputs.items(), times),
            EmbedEndpoint::count,
            (computed, _) ->
                out -> {
                  out.beginArray();
                  computed.results().forEach(embedding -> out.vector(embedding.vector()));
                  out.endArray();
                });
  }

  /** {@code /embed_all}: a vector for each token of each text. */
  public Reply embedAll(Call call) {
    Body body = FORM.read(call);
    Input.Inputs inputs = texts(body);
    context.requireIdsAreTaken(inputs);
    Chosen<TextEmbedder> chosen = chosen(body);
    TextReading reading = reading(body);
    EmbedOptions options = reading.prompted(EmbedOptions.defaults());
    var reader = new InputReader(chosen, reading);
    return measured(call, chosen, inputs)
        .reply(
            times ->
                reader.compute(
                    inputs.items(),
                    texts -> chosen.model().embedTokens(texts, times.of(options)),
                    ids -> chosen.model().embedTokensOfIds(ids, times.of(options))),
            computed -> computed.count(TokenEmbeddings::size, TokenEmbeddings::truncated),
            (computed, _) ->
                out -> {
                  out.beginArray();
                  for (TokenEmbeddings tokens : computed.results()) {
                    out.beginArray();
                    for (int i = 0; i < tokens.size(); i++) {
                      out.vector(tokens.vector(i));
                    }
                    out.endArray();
                  }
                  out.endArray();
                });
  }

  /** {@code /similarity}: the cosine of a sentence with each of others. */
  public Reply similarity(Call call) {
    Body body = FORM.read(call);
    if (!(body.required(INPUTS) instanceof Sentences sentences)) {
      throw JsonInput.invalid("missing field `inputs.source_sentence`");
    }
    return similarity(call, body, sentences);
  }

  private Reply similarity(Call call, Body body, Sentences sentences) {
    Chosen<TextEmbedder> chosen = chosen(body);
    var vectors = new InputEmbedder(chosen, reading(body), InputEmbedder.options(false, null));
    Input.Inputs inputs = sentences.inputs();
    return measured(call, chosen, inputs)
        .reply(
            times -> vectors.of(inputs.items(), times),
            EmbedEndpoint::count,
            (computed, _) ->
                out -> {
                  out.beginArray();
                  List<Embedding> embeddings = computed.results();
                  float[] source = embeddings.getFirst().vector();
                  for (Embedding other : embeddings.subList(1, embeddings.size())) {
                    out.value(Similarity.cosine(source, other.vector()));
                  }
                  out.endArray();
                });
  }

  /** The kinds of {@code inputs}. */
  private sealed interface Asked {
    static Asked read(JsonInput in, String name) throws IOException {
      return in.peek() == JsonToken.BEGIN_OBJECT
          ? Sentences.of(Sentences.FORM.read(in, name))
          : new Texts(Input.read(in, name));
    }
  }

  /** Texts or token ids. */
  private record Texts(Input.Inputs inputs) implements Asked {}

  /** The sentence that is compared, and those with which it is. */
  private record Sentences(String source, List<String> others) implements Asked {
    private static final Member<String> SOURCE = Member.text("source_sentence");
    private static final Member<List<String>> OTHERS = Member.texts("sentences");
    private static final Form FORM = Form.of(SOURCE, OTHERS);

    static Sentences of(Body body) {
      return new Sentences(body.requiredText(SOURCE), body.requiredTexts(OTHERS));
    }

    Input.Inputs inputs() {
      var inputs = new ArrayList<Input>();
      inputs.add(new Input.Text(source));
      others.forEach(text -> inputs.add(new Input.Text(text)));
      return new Input.Inputs(inputs, true);
    }
  }

  private static Input.Inputs texts(Body body) {
    return switch (body.required(INPUTS)) {
      case Texts texts -> texts.inputs();
      case Sentences _ ->
          throw JsonInput.invalid("`inputs`: expected a text or a list of texts, found an object");
    };
  }

  private Chosen<TextEmbedder> chosen(Body body) {
    return context.models().of(TextEmbedder.class, Task.EMBEDDING, body);
  }

  /** As {@code parameters} says, where text-embeddings-inference has it, or the body itself. */
  private TextReading reading(Body body) {
    return context.reading(body.get(PARAMETERS, body));
  }

  private Measured measured(Call call, Chosen<TextEmbedder> chosen, Input.Inputs inputs) {
    return new Measured(call, context, Metrics.Work.EMBED, chosen.alias(), inputs.size());
  }

  private static Measured.Count count(Computed<Embedding> computed) {
    return computed.count(Embedding::tokens, Embedding::truncated);
  }
}
