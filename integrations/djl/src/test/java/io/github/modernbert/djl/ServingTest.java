package io.github.modernbert.djl;

import static io.github.modernbert.djl.Folders.TEXTS;
import static io.github.modernbert.djl.Folders.criteria;
import static io.github.modernbert.djl.Folders.extra;
import static io.github.modernbert.djl.Folders.golden;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.github.modernbert.CrossEncoder;
import io.github.modernbert.EmbedOptions;
import io.github.modernbert.QuestionAnswerer;
import io.github.modernbert.TextClassifier;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.TextPair;
import io.github.modernbert.TokenClassifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JSON in, JSON out, as DJL Serving has it. */
final class ServingTest {
  private static final Gson GSON = new Gson();

  private static Input json(Object content) {
    var input = new Input();
    input.addProperty("Content-Type", "application/json");
    input.add("data", GSON.toJson(content));
    return input;
  }

  private static JsonElement answer(Path folder, Object content) throws Exception {
    try (var model = criteria(folder, Input.class, Output.class).build().loadModel();
        var predictor = model.newPredictor()) {
      Output output = predictor.predict(json(content));
      assertEquals(200, output.getCode());
      return JsonParser.parseString(output.getData().getAsString());
    }
  }

  /** DJL Serving reads engine and factory from the folder, and nothing from code. */
  @Test
  void servingProperties(@TempDir Path folder) throws Exception {
    Path source = golden("sentence-transformers/pool-cls");
    try (var files = Files.walk(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = folder.resolve(source.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    Files.writeString(
        folder.resolve("serving.properties"),
        """
        engine=ModernBert
        translatorFactory=io.github.modernbert.djl.ModernBertTranslatorFactory
        option.threads=1
        normalize=true
        """);
    Criteria<Input, Output> criteria =
        Criteria.builder().setTypes(Input.class, Output.class).optModelPath(folder).build();
    try (var embedder = TextEmbedder.load(source);
        var model = criteria.loadModel();
        var predictor = model.newPredictor()) {
      var options = EmbedOptions.defaults().normalize(true);
      float[][] expected = embedder.embed(TEXTS, options).toArray();
      Output output = predictor.predict(json(Map.of("inputs", TEXTS)));
      assertArrayEquals(expected, GSON.fromJson(output.getData().getAsString(), float[][].class));
      List<Output> outputs =
          predictor.batchPredict(List.of(json(Map.of("inputs", TEXTS.get(0))), json(TEXTS.get(2))));
      assertArrayEquals(
          expected[0], GSON.fromJson(outputs.get(0).getData().getAsString(), float[].class));
    }
  }

  @Test
  void classes() throws Exception {
    Path folder = extra("tasks/text-single");
    JsonElement found = answer(folder, Map.of("inputs", TEXTS.getFirst()));
    try (var classifier = TextClassifier.load(folder)) {
      var best = found.getAsJsonArray().get(0).getAsJsonObject();
      assertEquals(
          classifier.classify(TEXTS.getFirst()).best().label(),
          best.get("className").getAsString());
      assertEquals(TEXTS.size(), answer(folder, Map.of("inputs", TEXTS)).getAsJsonArray().size());
    }
  }

  @Test
  void pairs() throws Exception {
    for (Path folder : List.of(extra("tasks/reranker-prompts"), extra("tasks/text-one-label"))) {
      JsonElement found =
          answer(folder, Map.of("query", "old way", "texts", List.of("new way", "bad take?")));
      try (var encoder = CrossEncoder.load(folder)) {
        float[][] scores = GSON.fromJson(found, float[][].class);
        assertArrayEquals(
            encoder.predict(new TextPair("old way", "bad take?")).values(), scores[1]);
      }
    }
  }

  @Test
  void rerankingWithAClassifier() throws Exception {
    Path folder = golden("sentence-transformers/cross-three-labels");
    try (var encoder = CrossEncoder.load(folder);
        var model =
            criteria(folder, Input.class, Output.class)
                .optArgument("reranking", true)
                .build()
                .loadModel();
        var predictor = model.newPredictor()) {
      Output output = predictor.predict(json(Map.of("text", "old", "text_pair", "new")));
      assertArrayEquals(
          encoder.predict(new TextPair("old", "new")).values(),
          GSON.fromJson(output.getData().getAsString(), float[].class));
    }
  }

  @Test
  void entities() throws Exception {
    Path folder = extra("tasks/entities");
    JsonElement found = answer(folder, Map.of("inputs", TEXTS.getFirst()));
    try (var classifier = TokenClassifier.load(folder)) {
      assertTrue(found.getAsJsonArray().size() > 0);
      String label = found.getAsJsonArray().get(0).getAsJsonObject().get("entity").getAsString();
      assertTrue(classifier.labels().contains(label), label);
    }
  }

  @Test
  void answers() throws Exception {
    Path folder = extra("tasks/question");
    String context = "The baker sold bread to the old woman around the corner.";
    JsonElement found = answer(folder, Map.of("question", "Who?", "context", context));
    try (var answerer = QuestionAnswerer.load(folder)) {
      assertEquals(
          answerer.answer("Who?", context).getFirst().text(),
          found.getAsJsonObject().get("answer").getAsString());
    }
  }

  @Test
  void masks() throws Exception {
    JsonElement found = answer(extra("fill-mask/tied"), Map.of("inputs", "The [MASK] sold bread."));
    assertEquals(5, found.getAsJsonArray().size());
  }

  @Test
  void tasksWithoutAForm() {
    for (String name : List.of("tasks/choice", "multi-vector/pylate", "sparse/sum-log1p")) {
      Criteria<Input, Output> criteria = criteria(extra(name), Input.class, Output.class).build();
      assertThrows(ModelNotFoundException.class, criteria::loadModel, name);
    }
  }
}
