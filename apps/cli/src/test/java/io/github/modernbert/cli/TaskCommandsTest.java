package io.github.modernbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.modernbert.Aggregation;
import io.github.modernbert.Answer;
import io.github.modernbert.AnswerOptions;
import io.github.modernbert.Choice;
import io.github.modernbert.Classification;
import io.github.modernbert.ClassifyOptions;
import io.github.modernbert.CrossEncoder;
import io.github.modernbert.CrossEncoderOptions;
import io.github.modernbert.Entities;
import io.github.modernbert.Entity;
import io.github.modernbert.LabelScore;
import io.github.modernbert.MultipleChoice;
import io.github.modernbert.QuestionAnswerer;
import io.github.modernbert.RankedDocument;
import io.github.modernbert.ScoreFunction;
import io.github.modernbert.TextClassifier;
import io.github.modernbert.TextPair;
import io.github.modernbert.TokenClassifier;
import io.github.modernbert.TokenClassifyOptions;
import io.github.modernbert.WordEntities;
import io.github.modernbert.WordEntity;
import io.github.modernbert.ZeroShotClassifier;
import io.github.modernbert.ZeroShotOptions;
import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the tasks give what the API gives. */
class TaskCommandsTest {
  private static final List<String> TEXTS = List.of("a long day", "", "new memory model");

  @TempDir private Path folder;

  private static Path model(String name) {
    return Golden.project().resolve("src-test-data/golden-extra/tasks").resolve(name);
  }

  private static String[] args(String command, Path model, List<String> more) {
    var args = new ArrayList<>(List.of(command, "--model", model.toString()));
    args.addAll(more);
    return args.toArray(String[]::new);
  }

  private static List<String> lines(String command, String model, List<String> more) {
    return CliRun.of(args(command, model(model), more)).lines();
  }

  private static List<JsonObject> json(String command, String model, List<String> more) {
    var args = new ArrayList<>(more);
    args.add("--json");
    return CliRun.of(args(command, model(model), args)).json();
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  private static void assertLabels(List<Classification> expected, List<JsonObject> lines) {
    assertEquals(expected.size(), lines.size());
    for (int i = 0; i < lines.size(); i++) {
      JsonObject line = lines.get(i);
      assertEquals(i, line.get("index").getAsInt());
      assertEquals(expected.get(i).tokens(), line.get("tokens").getAsInt());
      assertEquals(expected.get(i).truncated(), line.get("truncated").getAsBoolean());
      assertEquals(
          expected.get(i).labels(),
          line.getAsJsonArray("labels").asList().stream()
              .map(l -> l.getAsJsonObject())
              .map(l -> new LabelScore(l.get("label").getAsString(), l.get("score").getAsFloat()))
              .toList());
    }
  }

  @Test
  void classifyWritesLabels() {
    try (var classifier = TextClassifier.load(model("text-single"))) {
      assertLabels(classifier.classify(TEXTS), json("classify", "text-single", TEXTS));
      LabelScore best = classifier.classify("a day").best();
      assertEquals(
          List.of(format("%s %.4f  |  a day", best.label(), best.score())),
          lines("classify", "text-single", List.of("--top", "1", "a day")));
      ClassifyOptions logits = ClassifyOptions.defaults().scoreFunction(ScoreFunction.NONE);
      assertLabels(
          classifier.classifyPairs(List.of(new TextPair("a", "b")), logits.maxLength(4)),
          json(
              "classify",
              "text-single",
              List.of("a", "--pair", "b", "--scores", "none", "--max-length", "4")));
    }
  }

  @Test
  void zeroShotWritesLabels() {
    try (var classifier = ZeroShotClassifier.load(model("text-single"))) {
      List<String> labels = List.of("day", "night");
      var args = new ArrayList<>(List.of("-l", "day", "--label", "night"));
      args.addAll(TEXTS);
      assertLabels(classifier.classify(TEXTS, labels), json("zero-shot", "text-single", args));
      args.addAll(List.of("--template", "{}?", "--multi-label"));
      ZeroShotOptions options = ZeroShotOptions.defaults().template("{}?").multiLabel(true);
      assertLabels(
          classifier.classify(TEXTS, labels, options), json("zero-shot", "text-single", args));
    }
  }

  @Test
  void rerankRanksTheLinesOfAFile() throws IOException {
    Path file = Files.write(folder.resolve("lines.txt"), TEXTS);
    Path reranker = model("reranker-prompts");
    try (var encoder = CrossEncoder.load(reranker)) {
      CrossEncoderOptions options = CrossEncoderOptions.defaults().promptText("Is it? ").topK(2);
      List<RankedDocument> expected = encoder.rank("day?", TEXTS, options);
      var args = List.of("day?", "-f", file.toString(), "-k", "2", "--prompt-text", "Is it? ");
      List<JsonObject> hits = json("rerank", "reranker-prompts", args);
      List<String> lines = lines("rerank", "reranker-prompts", args);
      assertEquals(2, hits.size());
      for (int i = 0; i < hits.size(); i++) {
        RankedDocument hit = expected.get(i);
        assertEquals(i + 1, hits.get(i).get("rank").getAsInt());
        assertEquals(hit.index() + 1, hits.get(i).get("line").getAsInt());
        assertEquals(hit.score(), hits.get(i).get("score").getAsFloat());
        assertEquals(hit.text(), hits.get(i).get("text").getAsString());
        assertEquals(
            format("%.4f  %d  %s", hit.score(), hit.index() + 1, hit.text()), lines.get(i));
      }
    }
    String[] labelled = args("rerank", model("text-single"), List.of("q", "-f", file.toString()));
    assertRefused(1, "one label", CliRun.of(labelled));
    String[] none = args("rerank", reranker, List.of("q", "-f", file.toString(), "-k", "0"));
    assertRefused(2, "found 0", CliRun.of(none));
    String[] prompt =
        args("rerank", reranker, List.of("q", "-f", file.toString(), "--prompt", "x"));
    assertRefused(2, "no prompt 'x'", CliRun.of(prompt));
  }

  @Test
  void entitiesWritesWhatWasFound() {
    try (var classifier = TokenClassifier.load(model("entities"))) {
      TokenClassifyOptions options =
          TokenClassifyOptions.defaults().aggregation(Aggregation.MAX).stride(4);
      List<Entities> expected = classifier.classify(TEXTS, options.ignoreLabels("PER", "O"));
      var args = new ArrayList<>(TEXTS);
      args.addAll(
          List.of("--aggregation", "max", "--stride", "4", "--ignore", "PER", "--ignore", "O"));
      List<JsonObject> json = json("entities", "entities", args);
      var lines = new ArrayList<String>();
      for (int i = 0; i < expected.size(); i++) {
        List<Entity> entities = expected.get(i).entities();
        assertEquals(
            entities,
            json.get(i).getAsJsonArray("entities").asList().stream()
                .map(e -> new Gson().fromJson(e, Entity.class))
                .toList());
        for (Entity e : entities) {
          lines.add(
              format(
                  "%d  %s  %.4f  %d-%d  %s",
                  i + 1, e.label(), e.score(), e.start(), e.end(), e.text().strip()));
        }
      }
      assertEquals(lines, lines("entities", "entities", args));
    }
    String[] none = args("entities", model("entities"), List.of("--stride", "46", "a"));
    assertRefused(2, "46", CliRun.of(none));
  }

  @Test
  void entitiesOfWordsAreTheirNumbers() {
    List<String> texts = List.of("a  long\tway to go", "");
    List<WordEntities> expected;
    try (var classifier = TokenClassifier.load(model("entities-words"))) {
      TokenClassifyOptions options = TokenClassifyOptions.defaults().ignoreLabels("none");
      expected =
          classifier.classifyWordLists(
              List.of(List.of("a", "long", "way", "to", "go"), List.of("")), options);
    }
    assertFalse(expected.getFirst().entities().isEmpty());
    var args = new ArrayList<>(texts);
    args.addAll(List.of("--words", "--ignore", "none"));
    List<JsonObject> json = json("entities", "entities-words", args);
    var lines = new ArrayList<String>();
    for (int i = 0; i < texts.size(); i++) {
      List<WordEntity> entities = expected.get(i).entities();
      assertEquals(
          entities,
          json.get(i).getAsJsonArray("entities").asList().stream()
              .map(e -> new Gson().fromJson(e, WordEntity.class))
              .toList());
      for (WordEntity e : entities) {
        lines.add(
            format(
                "%d  %s  %.4f  %d-%d  %s",
                i + 1, e.label(), e.score(), e.firstWord(), e.lastWord(), e.text()));
      }
    }
    assertEquals(lines, lines("entities", "entities-words", args));
  }

  @Test
  void answerWritesTheBestAnswers() throws IOException {
    String context = "a long day with\nnew memory";
    Path file = Files.writeString(folder.resolve("context.txt"), context);
    var args =
        List.of(
            "what?", "-f", file.toString(), "-k", "3", "--no-answer", "--max-answer-length", "4");
    try (var answerer = QuestionAnswerer.load(model("question"))) {
      AnswerOptions options = AnswerOptions.defaults().topK(3).noAnswer(true).maxAnswerLength(4);
      List<Answer> expected = answerer.answer("what?", context, options);
      List<JsonObject> json = json("answer", "question", args);
      List<String> lines = lines("answer", "question", args);
      assertEquals(expected.size(), json.size());
      for (int i = 0; i < json.size(); i++) {
        Answer answer = expected.get(i);
        assertEquals(answer, new Gson().fromJson(json.get(i), Answer.class));
        assertTrue(
            lines
                .get(i)
                .startsWith(format("%.4f  %d-%d  ", answer.score(), answer.start(), answer.end())));
      }
    }
    Path empty = Files.writeString(folder.resolve("empty.txt"), "");
    String[] none = args("answer", model("question"), List.of("a", "-f", empty.toString()));
    assertRefused(1, "context is empty", CliRun.of(none));
  }

  @Test
  void chooseRanksTheChoices() {
    try (var chooser = MultipleChoice.load(model("choice"))) {
      List<Choice> expected = chooser.choose("what?", TEXTS);
      var args = new ArrayList<>(List.of("what?"));
      args.addAll(TEXTS);
      List<JsonObject> json = json("choose", "choice", args);
      assertEquals(
          expected, json.stream().map(line -> new Gson().fromJson(line, Choice.class)).toList());
      assertEquals(
          expected.stream().map(c -> format("%.4f  %s", c.score(), c.text())).toList(),
          lines("choose", "choice", args));
    }
    assertRefused(2, "CHOICE", CliRun.of(args("choose", model("choice"), List.of("alone"))));
  }

  private static void assertRefused(int exitCode, String part, CliRun run) {
    assertEquals(exitCode, run.exitCode(), run.err());
    assertTrue(run.err().contains(part), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
  }

  @Test
  void wrongModelsAndOptionsAreNamed() {
    assertRefused(
        1,
        "use TextClassifier or",
        CliRun.of(args("zero-shot", model("text-multi"), List.of("-l", "a", "b"))));
    assertRefused(
        1, "use TokenClassifier", CliRun.of(args("classify", model("entities"), List.of("b"))));
    assertRefused(2, "--model", CliRun.of("classify", "text"));
    assertRefused(
        2, "found 0", CliRun.of(args("classify", model("text-multi"), List.of("-k", "0", "a"))));
    assertRefused(
        2,
        "{}",
        CliRun.of(
            args("zero-shot", model("text-single"), List.of("-l", "a", "b", "--template", "c"))));
  }

  @Test
  void infoTellsWhatModelsAreFor() {
    String[] args = args("info", model("text-single"), List.of());
    assertTrue(CliRun.of(args).out().contains("text-classification (TextClassifier)"));
    assertTrue(CliRun.of(args).out().contains("contradiction, entailment, neutral"));
    String json = CliRun.of(args("info", model("text-single"), List.of("--json"))).out();
    JsonObject info = JsonParser.parseString(json).getAsJsonObject();
    assertEquals("text-classification", info.getAsJsonArray("tasks").get(0).getAsString());
    assertEquals("entailment", info.getAsJsonArray("labels").get(1).getAsString());
  }
}
