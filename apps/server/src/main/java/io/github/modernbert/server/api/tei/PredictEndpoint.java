package io.github.modernbert.server.api.tei;

import com.google.gson.stream.JsonToken;
import io.github.modernbert.Classification;
import io.github.modernbert.ClassifyOptions;
import io.github.modernbert.CrossEncoder;
import io.github.modernbert.CrossEncoderOptions;
import io.github.modernbert.LabelScore;
import io.github.modernbert.PairScores;
import io.github.modernbert.ScoreFunction;
import io.github.modernbert.Task;
import io.github.modernbert.TextClassifier;
import io.github.modernbert.TextPair;
import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.api.Input;
import io.github.modernbert.server.api.Measured;
import io.github.modernbert.server.api.ModelChoice.Chosen;
import io.github.modernbert.server.api.TextReading;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.JsonInput;
import io.github.modernbert.server.http.JsonOutput;
import io.github.modernbert.server.http.Reply;
import io.github.modernbert.server.metrics.Metrics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code /predict}: the labels of texts or pairs, best first. */
public final class PredictEndpoint {
  private final Context context;

  /** With what endpoints need. */
  public PredictEndpoint(Context context) {
    this.context = context;
  }

  /**
   * A text or a pair.
   *
   * @param second empty for a text alone
   */
  record Sequence(String first, Optional<String> second) {
    static Sequence of(List<String> parts) {
      return switch (parts.size()) {
        case 1 -> new Sequence(parts.get(0), Optional.empty());
        case 2 -> new Sequence(parts.get(0), Optional.of(parts.get(1)));
        default ->
            throw JsonInput.invalid(
                "`inputs`: expected a text or a pair of texts, found " + parts.size() + " texts");
      };
    }

    long characters() {
      return first.codePointCount(0, first.length())
          + second.map(text -> text.codePointCount(0, text.length())).orElse(0);
    }
  }

  private static final class Body {
    final TextReading reading;
    final List<Sequence> sequences = new ArrayList<>();
    boolean isBatch;
    boolean rawScores;
    @Nullable String model;

    Body(Context context) {
      reading = new TextReading(context.settings().reading());
    }

    void read(JsonInput in, String name) throws IOException {
      switch (name) {
        case "inputs" -> readInputs(in);
        case "raw_scores" -> rawScores = in.truth(name);
        case "model" -> model = in.textOrNull(name);
        default -> reading.read(in, name);
      }
    }

    /** A text, a pair, or a list of lists of one or two texts. */
    private void readInputs(JsonInput in) throws IOException {
      if (in.peek() == JsonToken.STRING) {
        sequences.add(new Sequence(in.text("inputs"), Optional.empty()));
        return;
      }
      List<Object> items = in.list("inputs", () -> item(in));
      var alone = new ArrayList<String>();
      for (Object item : items) {
        switch (item) {
          case Sequence sequence -> sequences.add(sequence);
          case String text -> alone.add(text);
          default -> throw new IllegalStateException(item.getClass().toString());
        }
      }
      isBatch = !sequences.isEmpty();
      if (!alone.isEmpty() && isBatch) {
        throw JsonInput.invalid("`inputs`: expected lists of one or two texts, found a text too");
      }
      if (!alone.isEmpty()) {
        sequences.add(Sequence.of(alone));
      }
    }

    private static Object item(JsonInput in) throws IOException {
      return in.peek() == JsonToken.BEGIN_ARRAY
          ? Sequence.of(in.list("inputs", () -> in.text("inputs"), 2))
          : in.text("inputs");
    }
  }

  /** Answers. */
  public Reply predict(Call call) {
    var body = new Body(context);
    call.read(body::read);
    if (body.sequences.isEmpty()
        || body.sequences.stream().anyMatch(sequence -> sequence.characters() == 0)) {
      throw Input.empty("inputs");
    }
    return isCrossEncoder(body) ? crossEncoded(call, body) : classified(call, body);
  }

  /** Whether the named model, or the only kind that has labels, is one for pairs. */
  private boolean isCrossEncoder(Body body) {
    return context.models().firstOf(body.model, TextClassifier.class, CrossEncoder.class)
        instanceof CrossEncoder;
  }

  private Reply crossEncoded(Call call, Body body) {
    Chosen<CrossEncoder> chosen =
        context.models().of(CrossEncoder.class, Task.RERANKING, body.model);
    List<TextPair> pairs =
        body.sequences.stream()
            .map(sequence ->
                new TextPair(
                    sequence.first(),
                    sequence
                        .second()
                        .orElseThrow(() ->
                            JsonInput.invalid(
                                "`inputs`: model "
                                    + chosen.alias()
                                    + " scores pairs of texts, found a text alone"))))
            .toList();
    CrossEncoderOptions read = body.reading.applyTo(CrossEncoderOptions.defaults());
    CrossEncoderOptions options = body.rawScores ? read.scoreFunction(ScoreFunction.NONE) : read;
    return measured(call, body, chosen.alias())
        .reply(
            () -> chosen.model().predict(pairs, options),
            all -> Measured.Count.of(all, PairScores::tokens, PairScores::truncated),
            (all, _) ->
                out ->
                    write(
                        out,
                        body.isBatch,
                        all.stream()
                            .map(scores -> ranked(chosen.model().labels(), scores.values()))
                            .toList()));
  }

  private static List<LabelScore> ranked(List<String> labels, float[] scores) {
    var ranked = new ArrayList<LabelScore>();
    for (int i = 0; i < scores.length; i++) {
      ranked.add(new LabelScore(labels.get(i), scores[i]));
    }
    ranked.sort(Comparator.comparingDouble(LabelScore::score).reversed());
    return ranked;
  }

  private Reply classified(Call call, Body body) {
    Chosen<TextClassifier> chosen =
        context.models().of(TextClassifier.class, Task.TEXT_CLASSIFICATION, body.model);
    ClassifyOptions read = body.reading.applyTo(ClassifyOptions.defaults());
    ClassifyOptions options = body.rawScores ? read.scoreFunction(ScoreFunction.NONE) : read;
    return measured(call, body, chosen.alias())
        .reply(
            () -> classify(chosen.model(), body.sequences, options),
            all -> Measured.Count.of(all, Classification::tokens, Classification::truncated),
            (all, _) ->
                out -> write(out, body.isBatch, all.stream().map(Classification::labels).toList()));
  }

  /** Texts and pairs, each kind in one call, in their order. */
  private static List<Classification> classify(
      TextClassifier model, List<Sequence> sequences, ClassifyOptions options) {
    List<String> texts =
        sequences.stream().filter(s -> s.second().isEmpty()).map(Sequence::first).toList();
    List<TextPair> pairs =
        sequences.stream()
            .filter(s -> s.second().isPresent())
            .map(s -> new TextPair(s.first(), s.second().orElseThrow()))
            .toList();
    var ofTexts = model.classify(texts, options).iterator();
    var ofPairs = model.classifyPairs(pairs, options).iterator();
    return sequences.stream()
        .map(sequence -> sequence.second().isEmpty() ? ofTexts.next() : ofPairs.next())
        .toList();
  }

  private Measured measured(Call call, Body body, String alias) {
    return new Measured(
        call,
        context,
        Metrics.Work.PREDICT,
        alias,
        body.sequences.size(),
        body.isBatch,
        body.sequences.stream().mapToLong(Sequence::characters).sum());
  }

  private static void write(JsonOutput out, boolean isBatch, List<List<LabelScore>> all) {
    if (isBatch) {
      out.beginArray();
    }
    for (List<LabelScore> labels : all) {
      out.beginArray();
      for (LabelScore label : labels) {
        out.beginObject().member("score", label.score()).member("label", label.label()).endObject();
      }
      out.endArray();
    }
    if (isBatch) {
      out.endArray();
    }
  }
}
