package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokenClassifierTest {
  private static final TokenClassifyOptions DEFAULTS = TokenClassifyOptions.defaults();

  @Test
  void entitiesAreThoseOfThePipeline() {
    TaskCases.check("entities", TokenClassifier::load, TokenClassifierTest::error);
  }

  private static double error(TokenClassifier classifier, JsonObject c) {
    List<String> texts = TaskCases.strings(c.getAsJsonArray("inputs"));
    List<Entities> actual = classifier.classify(texts, options(c));
    double worst = 0;
    for (int i = 0; i < texts.size(); i++) {
      JsonArray truth = c.getAsJsonArray("truth").get(i).getAsJsonArray();
      worst = Math.max(worst, error(texts.get(i), truth, actual.get(i).entities()));
    }
    return worst;
  }

  private static TokenClassifyOptions options(JsonObject c) {
    String strategy = c.get("aggregation_strategy").getAsString();
    TokenClassifyOptions options =
        DEFAULTS.aggregation(Aggregation.valueOf(strategy.toUpperCase(Locale.ROOT)));
    JsonObject given = c.getAsJsonObject("options");
    if (given.has("ignore_labels")) {
      List<String> labels = TaskCases.strings(given.getAsJsonArray("ignore_labels"));
      options = options.ignoreLabels(labels.toArray(String[]::new));
    }
    options =
        given.has("stride")
            ? options.stride(given.get("stride").getAsInt())
            : options.windows(false);
    return options;
  }

  private static double error(String text, JsonArray truth, List<Entity> entities) {
    assertEquals(truth.size(), entities.size(), text);
    double worst = 0;
    for (int k = 0; k < truth.size(); k++) {
      JsonObject expected = truth.get(k).getAsJsonObject();
      Entity entity = entities.get(k);
      JsonElement label =
          expected.has("entity") ? expected.get("entity") : expected.get("entity_group");
      assertEquals(label.getAsString(), entity.label(), text);
      assertEquals(TaskCases.utf16(text, expected.get("start")), entity.start(), text);
      assertEquals(TaskCases.utf16(text, expected.get("end")), entity.end(), text);
      assertEquals(text.substring(entity.start(), entity.end()), entity.text());
      worst = Math.max(worst, Math.abs(expected.get("score").getAsDouble() - entity.score()));
    }
    return worst;
  }

  @Test
  void entitiesOfWordsAreThoseOfThePipeline() {
    TaskCases.check("words", TokenClassifier::load, TokenClassifierTest::errorOfWords);
  }

  private static double errorOfWords(TokenClassifier classifier, JsonObject c) {
    List<List<String>> texts =
        c.getAsJsonArray("inputs").asList().stream()
            .map(words -> TaskCases.strings(words.getAsJsonArray()))
            .toList();
    List<WordEntities> actual = classifier.classifyWordLists(texts, options(c));
    double worst = 0;
    for (int i = 0; i < texts.size(); i++) {
      JsonArray truth = c.getAsJsonArray("truth").get(i).getAsJsonArray();
      List<WordEntity> entities = actual.get(i).entities();
      String text = String.join(" ", texts.get(i));
      assertEquals(truth.size(), entities.size(), text);
      for (int k = 0; k < truth.size(); k++) {
        JsonObject expected = truth.get(k).getAsJsonObject();
        WordEntity entity = entities.get(k);
        JsonElement label =
            expected.has("entity") ? expected.get("entity") : expected.get("entity_group");
        assertEquals(label.getAsString(), entity.label(), text);
        int start = TaskCases.utf16(text, expected.get("start"));
        int end = TaskCases.utf16(text, expected.get("end"));
        assertEquals(start < end ? text.substring(start, end) : "", entity.text(), text);
        assertEquals(wordAt(texts.get(i), start), entity.firstWord(), text);
        assertEquals(wordAt(texts.get(i), Math.max(start, end - 1)), entity.lastWord(), text);
        worst = Math.max(worst, Math.abs(expected.get("score").getAsDouble() - entity.score()));
      }
      assertEquals(actual.get(i), classifier.classifyWords(texts.get(i), options(c)));
    }
    return worst;
  }

  private static int wordAt(List<String> words, int index) {
    int end = 0;
    for (int i = 0; i < words.size(); i++) {
      end += words.get(i).length() + 1;
      if (index < end) {
        return i;
      }
    }
    throw new AssertionError(index + " in " + words);
  }

  @Test
  void wordsKeepTheirPlace() {
    try (var classifier = TokenClassifier.load(TaskCases.folder("entities-words"))) {
      TokenClassifyOptions all = DEFAULTS.aggregation(Aggregation.FIRST).ignoreLabels();
      List<String> words = List.of("a", "long", "way", "to", "go");
      List<WordEntity> entities = classifier.classifyWords(words, all).entities();
      assertEquals(0, entities.getFirst().firstWord());
      assertEquals(4, entities.getLast().lastWord());
      for (WordEntity entity : entities) {
        assertEquals(
            String.join(" ", words.subList(entity.firstWord(), entity.lastWord() + 1)),
            entity.text());
      }
      TaskCases.assertMessage(
          "words: expected at least one", () -> classifier.classifyWords(List.of()));
    }
  }

  @Test
  void sameBitsAloneInListsAndStreamsOnAnyThreadsAndKernels() {
    var folder = TaskCases.folder("entities");
    List<String> texts = List.of("new memory", "", "a long way to go ".repeat(30), "an eye");
    TokenClassifyOptions windows = DEFAULTS.stride(7).aggregation(Aggregation.AVERAGE);
    LoadOptions one =
        LoadOptions.defaults().threads(1).kernels(KernelChoice.PORTABLE).tokenBudget(16);
    try (var classifier = TokenClassifier.load(folder);
        var other = TokenClassifier.load(folder, one)) {
      for (TokenClassifyOptions options : List.of(DEFAULTS, windows)) {
        List<Entities> expected = classifier.classify(texts, options);
        assertEquals(expected, other.classify(texts.reversed(), options).reversed());
        assertEquals(expected, classifier.classify(texts.stream(), options).toList());
        assertEquals(expected.get(2), classifier.classify(texts.get(2), options));
      }
    }
  }

  @Test
  void longTextsAreReadWholeUnlessTheyShallBeCut() {
    String text = "a long way to go ".repeat(30);
    try (var classifier = TokenClassifier.load(TaskCases.folder("entities"))) {
      int count = classifier.tokenizer().count(text, false);
      TokenClassifyOptions tokens = DEFAULTS.aggregation(Aggregation.NONE).ignoreLabels();
      Entities whole = classifier.classify(text, tokens);
      assertFalse(whole.truncated());
      assertEquals(count, whole.entities().size(), "each token once");
      assertInOrder(whole.entities());
      Entities cut = classifier.classify(text, tokens.windows(false));
      assertTrue(cut.truncated());
      assertEquals(48, cut.tokens());
      assertEquals(46, cut.entities().size());
      int ofFirst = 46 - 46 / 4 - 1;
      assertEquals(cut.entities().subList(0, ofFirst), whole.entities().subList(0, ofFirst));
      for (Aggregation aggregation : Aggregation.values()) {
        List<Entity> entities =
            classifier.classify(text, tokens.aggregation(aggregation)).entities();
        assertInOrder(entities);
        assertEquals(whole.entities().getLast().end(), entities.getLast().end());
      }
    }
  }

  private static void assertInOrder(List<Entity> entities) {
    for (int i = 1; i < entities.size(); i++) {
      assertTrue(entities.get(i - 1).end() <= entities.get(i).start(), entities.toString());
    }
  }

  @Test
  void shortTextsAreReadInOneWindow() {
    String text = "a long way to go";
    try (var classifier = TokenClassifier.load(TaskCases.folder("entities"))) {
      for (Aggregation aggregation : Aggregation.values()) {
        TokenClassifyOptions options = DEFAULTS.aggregation(aggregation).ignoreLabels();
        assertEquals(
            classifier.classify(text, options.windows(false)), classifier.classify(text, options));
      }
    }
  }

  @Test
  void windowsFromTheEndAreReadInTheOrderOfTheText(@TempDir Path folder) throws IOException {
    Path source = TaskCases.folder("entities");
    try (Stream<Path> files = Files.list(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    Path config = folder.resolve("tokenizer_config.json");
    String settings = Files.readString(config);
    Files.writeString(config, settings.replaceFirst("\\{", "{\"truncation_side\": \"left\","));
    String text = "a long way to go ".repeat(30);
    TokenClassifyOptions tokens = DEFAULTS.aggregation(Aggregation.NONE).ignoreLabels();
    try (var classifier = TokenClassifier.load(folder)) {
      List<Entity> whole = classifier.classify(text, tokens).entities();
      assertEquals(classifier.tokenizer().count(text, false), whole.size());
      assertInOrder(whole);
      Entities cut = classifier.classify(text, tokens.windows(false));
      assertEquals(whole.getLast(), cut.entities().getLast());
    }
  }

  @Test
  void windowsOfTheReferenceReachTheEndOfLongTexts() {
    String text = "a long way to go ".repeat(30);
    try (var classifier = TokenClassifier.load(TaskCases.folder("entities"))) {
      Entities cut = classifier.classify(text, DEFAULTS.windows(false));
      Entities whole = classifier.classify(text, DEFAULTS.stride(8));
      assertFalse(whole.truncated());
      assertTrue(whole.entities().getLast().end() > cut.entities().getLast().end());
    }
  }

  @Test
  void badArgumentsAreNamed() {
    try (var classifier = TokenClassifier.load(TaskCases.folder("entities"))) {
      TaskCases.assertMessage(
          "with aggregation NONE",
          () -> classifier.classify("a", DEFAULTS.stride(1).aggregation(Aggregation.NONE)));
      TaskCases.assertMessage(
          "stride must be less than the 46 tokens that a window has room for, found 46",
          () -> classifier.classify("a", DEFAULTS.stride(46)));
      TaskCases.assertMessage("stride must be at least 0, found -1", () -> DEFAULTS.stride(-1));
      TaskCases.assertMessage(
          "text: ", () -> classifier.classify("a b c", DEFAULTS.maxLength(3).truncate(false)));
      assertEquals("for each token: prediction head, 8 logits, softmax", classifier.info().steps());
    }
  }
}
