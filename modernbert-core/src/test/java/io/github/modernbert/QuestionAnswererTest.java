package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class QuestionAnswererTest {
  private static final AnswerOptions DEFAULTS = AnswerOptions.defaults();

  @Test
  void answersAreThoseOfThePipeline() {
    TaskCases.check("answer", QuestionAnswerer::load, QuestionAnswererTest::error);
  }

  private static @Nullable AnswerOptions option(
      AnswerOptions options, String key, JsonElement value) {
    return switch (key) {
      case "top_k" -> options.topK(value.getAsInt());
      case "max_answer_len" -> options.maxAnswerLength(value.getAsInt());
      case "max_seq_len" -> options.maxLength(value.getAsInt());
      case "doc_stride" -> options.stride(value.getAsInt());
      case "handle_impossible_answer" -> options.noAnswer(value.getAsBoolean());
      case "align_to_words" -> options.alignToWords(value.getAsBoolean());
      default -> null;
    };
  }

  private static double error(QuestionAnswerer answerer, JsonObject c) {
    AnswerOptions options =
        TaskCases.options(c.getAsJsonObject("options"), DEFAULTS, QuestionAnswererTest::option);
    List<TextPair> questions =
        c.getAsJsonArray("inputs").asList().stream()
            .map(JsonElement::getAsJsonObject)
            .map(i -> new TextPair(i.get("question").getAsString(), i.get("context").getAsString()))
            .toList();
    List<List<Answer>> actual = answerer.answer(questions, options);
    double worst = 0;
    for (int i = 0; i < actual.size(); i++) {
      JsonArray truth = c.getAsJsonArray("truth").get(i).getAsJsonArray();
      worst = Math.max(worst, error(questions.get(i).second(), truth, actual.get(i)));
    }
    return worst;
  }

  private static double error(String context, JsonArray truth, List<Answer> answers) {
    assertEquals(truth.size(), answers.size(), context);
    double worst = 0;
    for (int k = 0; k < truth.size(); k++) {
      JsonObject expected = truth.get(k).getAsJsonObject();
      Answer answer = answers.get(k);
      assertEquals(expected.get("answer").getAsString(), answer.text(), context);
      assertEquals(TaskCases.utf16(context, expected.get("start")), answer.start(), context);
      assertEquals(TaskCases.utf16(context, expected.get("end")), answer.end(), context);
      worst = Math.max(worst, Math.abs(expected.get("score").getAsDouble() - answer.score()));
    }
    return worst;
  }

  @Test
  void sameBitsAloneInListsAndStreamsOnAnyThreadsAndKernels() {
    var folder = TaskCases.folder("question");
    List<TextPair> questions =
        List.of(
            new TextPair("new?", "a long way to go ".repeat(30)),
            new TextPair("who", "a day"),
            new TextPair("where is it", "on the way to the eye of the problem"));
    AnswerOptions options = DEFAULTS.topK(5).stride(9).noAnswer(true);
    LoadOptions one =
        LoadOptions.defaults().threads(1).kernels(KernelChoice.PORTABLE).tokenBudget(16);
    try (var answerer = QuestionAnswerer.load(folder);
        var other = QuestionAnswerer.load(folder, one)) {
      List<List<Answer>> expected = answerer.answer(questions, options);
      assertEquals(expected, other.answer(questions.reversed(), options).reversed());
      assertEquals(expected, answerer.answer(questions.stream(), options).toList());
      assertEquals(answerer.answer(questions, DEFAULTS), answerer.answer(questions));
      TextPair first = questions.getFirst();
      assertEquals(expected.getFirst(), answerer.answer(first.first(), first.second(), options));
    }
  }

  @Test
  void noAnswerIsOneOfTheAnswers() {
    try (var answerer = QuestionAnswerer.load(TaskCases.folder("question"))) {
      List<Answer> answers = answerer.answer("who?", "a b", DEFAULTS.noAnswer(true).topK(99));
      List<Answer> none = answers.stream().filter(Answer::isNone).toList();
      assertEquals(1, none.size());
      assertEquals("", none.getFirst().text());
      assertTrue(
          answerer.answer("who?", "a b", DEFAULTS.topK(99)).stream().noneMatch(Answer::isNone));
    }
  }

  @Test
  void badArgumentsAreNamed() {
    try (var answerer = QuestionAnswerer.load(TaskCases.folder("question"))) {
      TaskCases.assertMessage("question: context is empty", () -> answerer.answer("a", ""));
      TaskCases.assertMessage("question: question is empty", () -> answerer.answer("", "a"));
      TaskCases.assertMessage("topK must be at least 1, found 0", () -> DEFAULTS.topK(0));
      TaskCases.assertMessage(
          "but the text to cut has only", () -> answerer.answer("a long way ".repeat(20), "day"));
      TaskCases.assertMessage(
          "stride", () -> answerer.answer("a", "a day ".repeat(40), DEFAULTS.stride(44)));
    }
  }
}
