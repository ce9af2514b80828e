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
import io.github.modernbert.server.api.Body;
import io.github.modernbert.server.api.Body.Form;
import io.github.modernbert.server.api.Body.Member;
import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.api.Input;
import io.github.modernbert.server.api.Measured;
import io.github.modernbert.server.api.ModelChoice;
import io.github.modernbert.server.api.ModelChoice.Chosen;
import io.github.modernbert.server.api.RequestTimes;
import io.github.modernbert.server.api.Size;
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

/**
 * {@code /predict}: the labels of texts or pairs, best first.
 *
 * @param context what endpoints need
 */
public record PredictEndpoint(Context context) {
  private static final Member<Sequences> INPUTS = Member.of(Sequences::read, "inputs");
  private static final Member<Boolean> RAW_SCORES = Member.truth("raw_scores");
  private static final Form FORM = TextReading.FORM.with(ModelChoice.MODEL, INPUTS, RAW_SCORES);

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
      return Size.characters(first) + second.map(Size::characters).orElse(0L);
    }
  }

  /**
   * All that a request asks about.
   *
   * @param isBatch whether they came as a list
   */
  private record Sequences(List<Sequence> items, boolean isBatch) {
    /** A text, a pair, or a list of lists of one or two texts. */
    static Sequences read(JsonInput in, String name) throws IOException {
      if (in.peek() == JsonToken.STRING) {
        return new Sequences(List.of(new Sequence(in.text(name), Optional.empty())), false);
      }
      var alone = new ArrayList<String>();
      var sequences = new ArrayList<Sequence>();
      in.list(
          name,
          () ->
              in.peek() == JsonToken.BEGIN_ARRAY
                  ? sequences.add(Sequence.of(in.list(name, () -> in.text(name), 2)))
                  : alone.add(in.text(name)));
      if (alone.isEmpty()) {
        return new Sequences(sequences, true);
      }
      if (!sequences.isEmpty()) {
        throw JsonInput.invalid("`inputs`: expected lists of one or two texts, found a text too");
      }
      return new Sequences(List.of(Sequence.of(alone)), false);
    }

    Size size() {
      return new Size(items.size(), isBatch, items.stream().mapToLong(Sequence::characters).sum());
    }
  }

  /** Answers. */
  public Reply predict(Call call) {
    Body body = FORM.read(call);
    Sequences sequences = body.required(INPUTS);
    if (sequences.items().isEmpty()
        || sequences.items().stream().anyMatch(sequence -> sequence.characters() == 0)) {
      throw Input.empty("inputs");
    }
    return context.models().firstOf(body, TextClassifier.class, CrossEncoder.class)
            instanceof CrossEncoder
        ? crossEncoded(call, body, sequences)
        : classified(call, body, sequences);
  }

  private Reply crossEncoded(Call call, Body body, Sequences sequences) {
    Chosen<CrossEncoder> chosen = context.models().of(CrossEncoder.class, Task.RERANKING, body);
    List<TextPair> pairs =
        sequences.items().stream()
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
    CrossEncoderOptions read = context.reading(body).applyTo(CrossEncoderOptions.defaults());
    CrossEncoderOptions options =
        body.is(RAW_SCORES) ? read.scoreFunction(ScoreFunction.NONE) : read;
    return measured(call, sequences, chosen.alias())
        .reply(
            times -> chosen.model().predict(pairs, times.of(options)),
            all -> Measured.Count.of(all, PairScores::tokens, PairScores::truncated),
            (all, _) ->
                out ->
                    write(
                        out,
                        sequences.isBatch(),
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

  private Reply classified(Call call, Body body, Sequences sequences) {
    Chosen<TextClassifier> chosen =
        context.models().of(TextClassifier.class, Task.TEXT_CLASSIFICATION, body);
    ClassifyOptions read = context.reading(body).applyTo(ClassifyOptions.defaults());
    ClassifyOptions options = body.is(RAW_SCORES) ? read.scoreFunction(ScoreFunction.NONE) : read;
    return measured(call, sequences, chosen.alias())
        .reply(
            times -> classify(chosen.model(), sequences.items(), options, times),
            all -> Measured.Count.of(all, Classification::tokens, Classification::truncated),
            (all, _) ->
                out ->
                    write(
                        out,
                        sequences.isBatch(),
                        all.stream().map(Classification::labels).toList()));
  }

  /** Texts and pairs, each kind in one call, in their order. */
  private static List<Classification> classify(
      TextClassifier model, List<Sequence> sequences, ClassifyOptions options, RequestTimes times) {
    List<String> texts =
        sequences.stream().filter(s -> s.second().isEmpty()).map(Sequence::first).toList();
    List<TextPair> pairs =
        sequences.stream()
            .filter(s -> s.second().isPresent())
            .map(s -> new TextPair(s.first(), s.second().orElseThrow()))
            .toList();
    var ofTexts = model.classify(texts, times.of(options)).iterator();
    var ofPairs = model.classifyPairs(pairs, times.of(options)).iterator();
    return sequences.stream()
        .map(sequence -> sequence.second().isEmpty() ? ofTexts.next() : ofPairs.next())
        .toList();
  }

  private Measured measured(Call call, Sequences sequences, String alias) {
    return new Measured(call, context, Metrics.Work.PREDICT, alias, sequences.size());
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
