package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.files.ModelFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@link TextClassifier} and {@link ZeroShotClassifier}. */
final class TextClassifierTest {
  private static final ClassifyOptions DEFAULTS = ClassifyOptions.defaults();

  @Test
  void labelsAndScoresAreThoseOfThePipeline() {
    TaskCases.check("classify", TextClassifier::load, TextClassifierTest::classifyError);
  }

  private static double classifyError(TextClassifier classifier, JsonObject c) {
    JsonArray inputs = c.getAsJsonArray("inputs");
    ClassifyOptions options = DEFAULTS;
    JsonObject given = c.getAsJsonObject("options");
    if (given.has("top_k")) {
      options = options.topK(given.get("top_k").getAsInt());
    }
    if (given.has("function_to_apply")) {
      String name = given.get("function_to_apply").getAsString().toUpperCase(Locale.ROOT);
      options = options.scoreFunction(ScoreFunction.valueOf(name));
    }
    List<Classification> actual =
        inputs.get(0).isJsonObject()
            ? classifier.classifyPairs(pairs(inputs), options)
            : classifier.classify(TaskCases.strings(inputs), options);
    double worst = 0;
    for (int i = 0; i < actual.size(); i++) {
      JsonArray truth = c.getAsJsonArray("truth").get(i).getAsJsonArray();
      assertEquals(truth.size(), actual.get(i).labels().size());
      for (int k = 0; k < truth.size(); k++) {
        JsonObject expected = truth.get(k).getAsJsonObject();
        LabelScore label = actual.get(i).labels().get(k);
        assertEquals(expected.get("label").getAsString(), label.label());
        worst = Math.max(worst, Math.abs(expected.get("score").getAsDouble() - label.score()));
      }
    }
    return worst;
  }

  private static List<TextPair> pairs(JsonArray inputs) {
    return inputs.asList().stream()
        .map(JsonElement::getAsJsonObject)
        .map(i -> new TextPair(i.get("text").getAsString(), i.get("text_pair").getAsString()))
        .toList();
  }

  @Test
  void zeroShotScoresAreThoseOfThePipeline() {
    TaskCases.check("zero_shot", ZeroShotClassifier::load, TextClassifierTest::zeroShotError);
  }

  private static double zeroShotError(ZeroShotClassifier classifier, JsonObject c) {
    ZeroShotOptions options = ZeroShotOptions.defaults();
    JsonObject given = c.getAsJsonObject("options");
    if (given.has("multi_label")) {
      options = options.multiLabel(given.get("multi_label").getAsBoolean());
    }
    if (given.has("hypothesis_template")) {
      options = options.template(given.get("hypothesis_template").getAsString());
    }
    List<Classification> actual =
        classifier.classify(
            TaskCases.strings(c.getAsJsonArray("inputs")),
            TaskCases.strings(c.getAsJsonArray("candidates")),
            options);
    double worst = 0;
    for (int i = 0; i < actual.size(); i++) {
      JsonObject truth = c.getAsJsonArray("truth").get(i).getAsJsonObject();
      List<LabelScore> labels = actual.get(i).labels();
      assertEquals(
          TaskCases.strings(truth.getAsJsonArray("labels")),
          labels.stream().map(LabelScore::label).toList());
      for (int k = 0; k < labels.size(); k++) {
        double expected = truth.getAsJsonArray("scores").get(k).getAsDouble();
        worst = Math.max(worst, Math.abs(expected - labels.get(k).score()));
      }
    }
    return worst;
  }

  @Test
  void sameBitsAloneInListsAndStreamsOnAnyThreadsAndKernels() {
    List<String> texts = List.of("new memory", "", "a long way to go ".repeat(20), "old", "eye");
    List<String> labels = List.of("memory", "day", "eye");
    var folder = TaskCases.folder("text-single");
    LoadOptions one =
        LoadOptions.defaults().threads(1).kernels(KernelChoice.PORTABLE).tokenBudget(16);
    try (var classifier = TextClassifier.load(folder);
        var other = TextClassifier.load(folder, one);
        var zeroShot = ZeroShotClassifier.load(folder);
        var otherZeroShot = ZeroShotClassifier.load(folder, one)) {
      List<Classification> expected = classifier.classify(texts);
      assertEquals(expected, other.classify(texts.reversed()).reversed());
      assertEquals(expected, classifier.classify(texts.stream(), DEFAULTS).toList());
      assertEquals(expected.get(2), classifier.classify(texts.get(2)));
      assertTrue(expected.get(2).truncated());
      assertFalse(expected.get(3).truncated());
      List<Classification> zero = zeroShot.classify(texts, labels);
      assertEquals(zero, otherZeroShot.classify(texts.reversed(), labels).reversed());
      assertEquals(
          zero, zeroShot.classify(texts.stream(), labels, ZeroShotOptions.defaults()).toList());
      assertEquals(zero.get(2), zeroShot.classify(texts.get(2), labels));
      List<TextPair> pairs = texts.stream().map(t -> new TextPair(t, "eye")).toList();
      assertEquals(
          classifier.classifyPairs(pairs),
          other.classifyPairs(Stream.of(pairs.toArray(TextPair[]::new)), DEFAULTS).toList());
    }
  }

  @Test
  void infoNamesLabelsStepsAndWhatIsUnused() {
    try (var classifier = TextClassifier.load(TaskCases.folder("text-single"))) {
      assertEquals(List.of("contradiction", "entailment", "neutral"), classifier.labels());
      ModelInfo info = classifier.info();
      assertEquals("mean pooling, prediction head, 3 logits, softmax", info.steps());
      assertEquals(Set.of(), info.unusedTensors());
      assertEquals(48, info.maxLength());
      assertEquals(Task.TEXT_CLASSIFICATION, info.tasks().getFirst());
    }
  }

  @Test
  void badArgumentsAreNamed() {
    var folder = TaskCases.folder("text-single");
    try (var classifier = TextClassifier.load(folder);
        var zeroShot = ZeroShotClassifier.load(folder)) {
      List<String> label = List.of("day");
      TaskCases.assertMessage(
          "texts[1] is null", () -> classifier.classify(Arrays.asList("a", null)));
      TaskCases.assertMessage(
          "maxLength: the special tokens alone are 3, found 2",
          () -> classifier.classifyPairs(List.of(), DEFAULTS.maxLength(2)));
      TaskCases.assertMessage(
          "text: 7 tokens, at most 4 are taken",
          () -> classifier.classify("day day day day", DEFAULTS.maxLength(4).truncate(false)));
      TaskCases.assertMessage("topK must be at least 1, found 0", () -> DEFAULTS.topK(0));
      TaskCases.assertMessage(
          "labels: expected at least one, found none", () -> zeroShot.classify("a", List.of()));
      TaskCases.assertMessage(
          "labels[0] is null", () -> zeroShot.classify("a", Arrays.asList((String) null)));
      TaskCases.assertMessage(
          "template must hold {} once, where the label goes; found 'no place'",
          () -> ZeroShotOptions.defaults().template("no place"));
      TaskCases.assertMessage(
          "but the text to cut has only",
          () -> zeroShot.classify("day", List.of("a word ".repeat(60))));
      assertTrue(zeroShot.classify("day ".repeat(60), label).truncated());
    }
  }

  @Test
  void zeroShotNeedsALabelForEntailment() {
    var folder = TaskCases.folder("text-multi");
    var e = assertThrows(ModelFileException.class, () -> ZeroShotClassifier.load(folder));
    assertTrue(String.valueOf(e.getMessage()).contains("'entail'"), e.getMessage());
  }
}
