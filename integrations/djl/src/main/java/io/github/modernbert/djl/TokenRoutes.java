package io.github.modernbert.djl;

import static io.github.modernbert.djl.OptionValues.with;

import ai.djl.modality.Classifications;
import ai.djl.modality.nlp.translator.NamedEntity;
import io.github.modernbert.Aggregation;
import io.github.modernbert.Entities;
import io.github.modernbert.Entity;
import io.github.modernbert.FillMask;
import io.github.modernbert.FillMaskOptions;
import io.github.modernbert.FilledMask;
import io.github.modernbert.Task;
import io.github.modernbert.TokenClassifier;
import io.github.modernbert.TokenClassifyOptions;
import io.github.modernbert.TokenPrediction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Routes to tasks whose results are tokens. */
final class TokenRoutes {
  /** The label of tokens that are no entities; DJL leaves out no other. */
  private static final String OUTSIDE = "O";

  /** The index that DJL gives to an entity of several tokens. */
  private static final int NO_INDEX = -1;

  private TokenRoutes() {}

  static Function<List<String>, List<NamedEntity[]>> entities(
      LoadedCheckpoint checkpoint, OptionValues arguments) {
    Aggregation aggregation =
        arguments.constant("aggregation_strategy", Aggregation.class).orElse(Aggregation.NONE);
    TokenClassifyOptions options =
        with(
            arguments.reading(TokenClassifyOptions.defaults()).aggregation(aggregation),
            arguments.integer("stride"),
            TokenClassifyOptions::stride);
    TokenClassifier classifier =
        checkpoint.open(Task.TOKEN_CLASSIFICATION, TokenClassifier.class, TokenClassifier::load);
    if (aggregation != Aggregation.NONE) {
      return texts ->
          classifier.classify(texts, options).stream().map(TokenRoutes::aggregated).toList();
    }
    // All tokens are asked for, since their order tells their index.
    TokenClassifyOptions all = options.ignoreLabels();
    int first = leadingSpecialTokens(classifier);
    return texts ->
        classifier.classify(texts, all).stream().map(found -> tokens(found, first)).toList();
  }

  private static int leadingSpecialTokens(TokenClassifier classifier) {
    int[] special = classifier.tokenizer().encode("a").specialTokensMask();
    int count = 0;
    while (count < special.length && special[count] == 1) {
      count++;
    }
    return count;
  }

  private static NamedEntity[] aggregated(Entities found) {
    return found.entities().stream()
        .map(entity -> namedEntity(entity, NO_INDEX))
        .toArray(NamedEntity[]::new);
  }

  private static NamedEntity[] tokens(Entities found, int first) {
    var tokens = new ArrayList<NamedEntity>();
    for (int i = 0; i < found.entities().size(); i++) {
      Entity token = found.entities().get(i);
      if (!token.label().equals(OUTSIDE)) {
        tokens.add(namedEntity(token, first + i));
      }
    }
    return tokens.toArray(NamedEntity[]::new);
  }

  private static NamedEntity namedEntity(Entity entity, int index) {
    return new NamedEntity(
        entity.label(), entity.score(), index, entity.text(), entity.start(), entity.end());
  }

  static Function<List<String>, List<Classifications>> fillMask(
      LoadedCheckpoint checkpoint, OptionValues arguments) {
    FillMaskOptions options =
        with(
            arguments.reading(FillMaskOptions.defaults()),
            arguments.integer("topK"),
            FillMaskOptions::topK);
    FillMask model = checkpoint.open(Task.FILL_MASK, FillMask.class, FillMask::load);
    return texts ->
        model.fill(texts, options).stream()
            .map(masks -> classifications(masks, model.maskToken()))
            .toList();
  }

  private static Classifications classifications(List<FilledMask> masks, String maskToken) {
    if (masks.size() != 1) {
      throw new IllegalArgumentException(
          "expected one %s in a text, found %d".formatted(maskToken, masks.size()));
    }
    List<TokenPrediction> predictions = masks.getFirst().predictions();
    return new Classifications(
        predictions.stream().map(prediction -> prediction.token().strip()).toList(),
        predictions.stream().map(prediction -> (double) prediction.score()).toList());
  }
}
