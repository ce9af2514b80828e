package io.github.modernbert.server.api.tei;

import com.google.gson.stream.JsonToken;
import io.github.modernbert.Embedding;
import io.github.modernbert.Similarity;
import io.github.modernbert.Task;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.TokenEmbeddings;
import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.api.Input;
import io.github.modernbert.server.api.InputEmbedder;
import io.github.modernbert.server.api.Measured;
import io.github.modernbert.server.api.Members;
import io.github.modernbert.server.api.ModelChoice.Chosen;
import io.github.modernbert.server.api.TextReading;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.JsonInput;
import io.github.modernbert.server.http.Reply;
import io.github.modernbert.server.metrics.Metrics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /embed}, {@code /embed_all} and {@code /similarity}: vectors of texts. */
public final class EmbedEndpoint {
  private final Context context;

  /** With what endpoints need. */
  public EmbedEndpoint(Context context) {
    this.context = context;
  }

  private static final class Body {
    final TextReading reading;
    Input.@Nullable Inputs texts;
    @Nullable Sentences sentences;
    boolean normalize = true;
    @Nullable Integer dimensions;
    @Nullable String model;

    Body(Context context) {
      reading = new TextReading(context.settings().reading());
    }

    void read(JsonInput in, String name, int most) throws IOException {
      switch (name) {
        case "inputs" -> {
          if (in.peek() == JsonToken.BEGIN_OBJECT) {
            sentences = Sentences.read(in);
          } else {
            texts = Input.read(in, name, most);
          }
        }
        case "parameters" -> {
          if (!in.skipNull()) {
            in.object(name, parameter -> reading.read(in, parameter));
          }
        }
        case "normalize" -> normalize = in.truth(name);
        case "dimensions" -> dimensions = in.integerOrNull(name, 1);
        case "model" -> model = in.textOrNull(name);
        default -> reading.read(in, name);
      }
    }

    Input.Inputs texts() {
      if (sentences != null) {
        throw JsonInput.invalid("`inputs`: expected a text or a list of texts, found an object");
      }
      return Members.required("inputs", texts);
    }
  }

  private Body body(Call call) {
    var body = new Body(context);
    int most = context.settings().limits().maxClientBatchSize();
    call.read((in, name) -> body.read(in, name, most));
    return body;
  }

  /** {@code /embed}: a vector for each text. */
  public Reply embed(Call call) {
    return embed(call, body(call));
  }

  /**
   * {@code POST /}: as {@code /similarity} if there is a sentence to compare, else {@code /embed}.
   */
  public Reply embedOrCompare(Call call) {
    Body body = body(call);
    return body.sentences == null ? embed(call, body) : similarity(call, body);
  }

  private Reply embed(Call call, Body body) {
    Input.Inputs inputs = body.texts();
    context.requireIdsAreTaken(inputs);
    Chosen<TextEmbedder> chosen =
        context.models().of(TextEmbedder.class, Task.EMBEDDING, body.model);
    var vectors =
        new InputEmbedder(
            chosen, body.reading, InputEmbedder.options(body.normalize, body.dimensions));
    return measured(call, chosen, inputs.items().size(), inputs.isBatch(), inputs.characters())
        .reply(
            () -> vectors.of(inputs.items()),
            EmbedEndpoint::count,
            (embeddings, _) ->
                out -> {
                  out.beginArray();
                  embeddings.forEach(embedding -> out.vector(embedding.vector()));
                  out.endArray();
                });
  }

  /** {@code /embed_all}: a vector for each token of each text. */
  public Reply embedAll(Call call) {
    Body body = body(call);
    Input.Inputs inputs = body.texts();
    List<String> texts = inputs.texts("inputs");
    Chosen<TextEmbedder> chosen =
        context.models().of(TextEmbedder.class, Task.EMBEDDING, body.model);
    var options = body.reading.prompted(InputEmbedder.options(false, null));
    return measured(call, chosen, texts.size(), inputs.isBatch(), inputs.characters())
        .reply(
            () -> texts.stream().map(text -> chosen.model().embedTokens(text, options)).toList(),
            all -> Measured.Count.of(all, TokenEmbeddings::size, TokenEmbeddings::truncated),
            (all, _) ->
                out -> {
                  out.beginArray();
                  for (TokenEmbeddings tokens : all) {
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
    return similarity(call, body(call));
  }

  private Reply similarity(Call call, Body body) {
    Sentences sentences = Members.required("inputs", body.sentences);
    Chosen<TextEmbedder> chosen =
        context.models().of(TextEmbedder.class, Task.EMBEDDING, body.model);
    var vectors = new InputEmbedder(chosen, body.reading, InputEmbedder.options(false, null));
    var inputs = new Input.Inputs(sentences.inputs(), true);
    return measured(call, chosen, inputs.items().size(), true, inputs.characters())
        .reply(
            () -> vectors.of(inputs.items()),
            EmbedEndpoint::count,
            (embeddings, _) ->
                out -> {
                  out.beginArray();
                  float[] source = embeddings.getFirst().vector();
                  for (Embedding other : embeddings.subList(1, embeddings.size())) {
                    out.value(Similarity.cosine(source, other.vector()));
                  }
                  out.endArray();
                });
  }

  /** The sentence that is compared, and those with which it is. */
  record Sentences(String source, List<String> others) {
    static Sentences read(JsonInput in) throws IOException {
      var found =
          new Object() {
            @Nullable String source;
            @Nullable List<String> others;
          };
      in.object(
          "inputs",
          name -> {
            switch (name) {
              case "source_sentence" -> found.source = in.text(name);
              case "sentences" ->
                  found.others = in.list("inputs.sentences", () -> in.text("inputs.sentences"));
              default -> in.skip();
            }
          });
      var sentences =
          new Sentences(
              Members.required("source_sentence", found.source),
              Members.required("sentences", found.others));
      if (sentences.others.isEmpty()) {
        throw Input.empty("inputs.sentences");
      }
      if (sentences.source.isEmpty() || sentences.others.contains("")) {
        throw Input.empty("inputs");
      }
      return sentences;
    }

    List<Input> inputs() {
      var inputs = new ArrayList<Input>();
      inputs.add(new Input.Text(source));
      others.forEach(text -> inputs.add(new Input.Text(text)));
      return inputs;
    }
  }

  private Measured measured(
      Call call, Chosen<TextEmbedder> chosen, int inputs, boolean isBatch, long characters) {
    return new Measured(
        call, context, Metrics.Work.EMBED, chosen.alias(), inputs, isBatch, characters);
  }

  private static Measured.Count count(List<Embedding> embeddings) {
    return Measured.Count.of(embeddings, Embedding::tokens, Embedding::truncated);
  }
}
