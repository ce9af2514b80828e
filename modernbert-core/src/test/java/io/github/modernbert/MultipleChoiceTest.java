package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MultipleChoiceTest {
  private static final ChoiceOptions DEFAULTS = ChoiceOptions.defaults();

  @Test
  void logitsAndProbabilitiesAreThoseOfTheReference() {
    TaskCases.check("choice", MultipleChoice::load, MultipleChoiceTest::error);
  }

  private static double error(MultipleChoice model, JsonObject c) {
    List<String> texts = TaskCases.strings(c.getAsJsonArray("choices"));
    List<Choice> choices = model.choose(c.get("prompt").getAsString(), texts);
    assertEquals(texts.size(), choices.size());
    JsonArray logits = c.getAsJsonObject("truth").getAsJsonArray("logits");
    JsonArray scores = c.getAsJsonObject("truth").getAsJsonArray("scores");
    double worst = 0;
    double last = 1;
    for (Choice choice : choices) {
      int i = choice.index();
      assertEquals(texts.get(i), choice.text());
      assertEquals(last, Math.max(last, choice.score()), "best first");
      last = choice.score();
      worst = Math.max(worst, Math.abs(logits.get(i).getAsDouble() - choice.logit()));
      worst = Math.max(worst, Math.abs(scores.get(i).getAsDouble() - choice.score()));
    }
    return worst;
  }

  @Test
  void sameBitsAloneInListsAndStreamsOnAnyThreadsAndKernels() {
    var folder = TaskCases.folder("choice");
    List<ChoiceQuestion> questions =
        List.of(
            new ChoiceQuestion("a long way to go ".repeat(20), List.of("day", "", "new eye")),
            new ChoiceQuestion("", List.of("only")),
            new ChoiceQuestion("go", List.of("same", "same")));
    LoadOptions one =
        LoadOptions.defaults().threads(1).kernels(KernelChoice.PORTABLE).tokenBudget(16);
    try (var model = MultipleChoice.load(folder);
        var other = MultipleChoice.load(folder, one)) {
      List<List<Choice>> expected = model.choose(questions);
      assertEquals(expected, other.choose(questions.reversed(), DEFAULTS).reversed());
      assertEquals(expected, model.choose(questions.stream(), DEFAULTS).toList());
      assertEquals(expected.getFirst(), model.choose(questions.getFirst(), DEFAULTS));
      assertEquals(1, expected.get(1).getFirst().score());
      assertEquals(0, expected.get(2).getFirst().index());
      assertEquals(0.5f, expected.get(2).getFirst().score());
    }
  }

  @Test
  void badArgumentsAreNamed() {
    try (var model = MultipleChoice.load(TaskCases.folder("choice"))) {
      TaskCases.assertMessage(
          "question: choices: expected at least one, found none",
          () -> model.choose("a", List.of()));
      TaskCases.assertMessage(
          "question: choices[1] is null", () -> model.choose("a", Arrays.asList("b", null)));
      TaskCases.assertMessage(
          "at most 4 are taken",
          () ->
              model.choose(
                  new ChoiceQuestion("a b", List.of("c d")),
                  DEFAULTS.maxLength(4).truncate(false)));
    }
  }
}
