package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.testdata.Golden;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of the Javadoc: compiled, and run on the bundled model or a golden one. */
final class SnippetsTest {
  private static String printed(Runnable example) {
    PrintStream before = System.out;
    var bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      example.run();
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void embed() {
    String printed =
        printed(() -> {
          // @start region="embed"
          try (var embedder = TextEmbedder.bundled()) { // or TextEmbedder.load("a folder")
            float[] query = embedder.embed("Where is the bakery?");
            Embeddings texts =
                embedder.embed(List.of("Bread is sold around the corner.", "It rained all day."));
            for (Similarity.Hit hit : Similarity.topK(query, texts, 2)) {
              System.out.println(hit.index() + " " + hit.score());
            }
          } // prints 0 0.32825878 and 1 0.1624439
          // @end
        });
    assertEquals("0 0.32825878,1 0.1624439", String.join(",", printed.lines().toList()));
  }

  @Test
  void async() {
    List<String> texts = List.of("Bread is sold around the corner.", "It rained all day.");
    // @start region="async"
    try (var embedder = TextEmbedder.bundled();
        AsyncModel<TextEmbedder> calls = AsyncModel.of(embedder, 100)) {
      for (String text : texts) {
        calls
            .submit(model -> model.embed(text))
            .thenAccept(vector -> System.out.println(text + ": " + vector.length));
      }
    } // waits for the calls
    // @end
  }

  @Test
  void similarity() {
    try (var embedder = TextEmbedder.bundled()) {
      // @start region="similarity"
      float[] a = embedder.embed("How do I bake bread?");
      float[] b = embedder.embed("A recipe for bread");
      float cosine = Similarity.cosine(a, b); // 0.69007725
      // @end
      assertEquals(0.69007725f, cosine);
    }
  }

  @Test
  void loadOptions() {
    // @start region="load-options"
    LoadOptions options = LoadOptions.defaults().threads(2).precision(Precision.INT8);
    try (var embedder = TextEmbedder.bundled(options)) {
      System.out.println(embedder.kernels() + ", " + embedder.info().precision());
    }
    // @end
    assertEquals(2, options.threads());
  }

  @Test
  void quantize(@TempDir Path temporary) throws IOException {
    Path source = Golden.folders("sentence-transformers", "modules.json").getFirst();
    Path target = temporary.resolve("model-int8");
    // @start region="quantize"
    Models.quantize(source, target);
    try (var embedder = TextEmbedder.load(target)) {
      System.out.println(embedder.info().precision());
    }
    // @end
    assertTrue(Files.exists(target.resolve("model.safetensors")));
  }

  @Test
  void prepare(@TempDir Path temporary) throws IOException {
    Path source = Golden.folders("sentence-transformers", "modules.json").getFirst();
    Path folder = temporary.resolve("cache");
    // @start region="prepare"
    Models.prepare(source, folder, LoadOptions.defaults());
    try (var embedder = TextEmbedder.load(source, LoadOptions.defaults().cacheFolder(folder))) {
      System.out.println(embedder.info().weightBytes());
    }
    // @end
    assertTrue(Files.isDirectory(folder));
  }

  @Test
  void convert(@TempDir Path temporary) throws IOException {
    Path source = Golden.folders("sentence-transformers", "modules.json").getFirst();
    Path target = temporary.resolve("model");
    // @start region="convert"
    Models.convert(source, target);
    // @end
    assertTrue(Files.exists(target.resolve("model.safetensors")));
  }

  @Test
  void embedOptions() {
    try (var embedder = TextEmbedder.bundled()) {
      List<String> questions = List.of("Who baked this?");
      // @start region="embed-options"
      EmbedOptions options =
          EmbedOptions.defaults().prompt("query").dimensions(256).normalize(true);
      Embeddings embeddings = embedder.embed(questions, options);
      // @end
      assertEquals(256, embeddings.dimension());
    }
  }

  @Test
  void hiddenStates() {
    Path folder = Golden.folders("checkpoints", "config.json", "model.safetensors").getFirst();
    // @start region="hidden-states"
    try (var model = ModernBertModel.load(folder)) {
      float[][] states = model.lastHiddenState(new int[] {1, 17, 4, 2});
      System.out.println(states.length + " tokens of " + states[0].length + " dimensions");
    }
    // @end
  }

  @Test
  void models() {
    Path folder = Golden.folders("sentence-transformers", "modules.json").getFirst();
    // @start region="models"
    System.out.println(Models.describe(folder).tasks());
    try (TaskModel model = Models.load(folder)) {
      switch (model) {
        case TextEmbedder embedder -> System.out.println(embedder.embed("a text").length);
        case TextClassifier classifier -> System.out.println(classifier.classify("a text"));
        default -> System.out.println(model.info());
      }
    }
    // @end
  }

  @Test
  void classify() {
    Path folder = TaskCases.folder("text-single");
    // @start region="classify"
    try (var classifier = TextClassifier.load(folder)) {
      LabelScore best = classifier.classify("What a fine day!").best();
      System.out.println(best.label() + " " + best.score());
      var pair = new TextPair("A cat sleeps on the mat.", "An animal rests.");
      System.out.println(classifier.classifyPairs(List.of(pair)).getFirst().labels());
    }
    // @end
  }

  @Test
  void classifyOptions() {
    try (var classifier = TextClassifier.load(TaskCases.folder("text-multi"))) {
      // @start region="classify-options"
      ClassifyOptions options =
          ClassifyOptions.defaults().topK(2).scoreFunction(ScoreFunction.NONE);
      List<LabelScore> logits = classifier.classify("a text", options).labels();
      // @end
      assertEquals(2, logits.size());
    }
  }

  @Test
  void zeroShot() {
    Path folder = TaskCases.folder("text-single");
    // @start region="zero-shot"
    try (var classifier = ZeroShotClassifier.load(folder)) {
      List<String> labels = List.of("sports", "politics", "cooking");
      for (LabelScore label : classifier.classify("Whisk the eggs.", labels).labels()) {
        System.out.println(label.label() + " " + label.score());
      }
    }
    // @end
  }

  @Test
  void zeroShotOptions() {
    try (var classifier = ZeroShotClassifier.load(TaskCases.folder("text-single"))) {
      List<String> labels = List.of("sports", "politics");
      // @start region="zero-shot-options"
      ZeroShotOptions options =
          ZeroShotOptions.defaults().template("This text is about {}.").multiLabel(true);
      Classification result = classifier.classify("The vote was close.", labels, options);
      // @end
      assertEquals(2, result.labels().size());
    }
  }

  @Test
  void rank() {
    Path folder = TaskCases.folder("reranker-prompts");
    // @start region="rank"
    try (var encoder = CrossEncoder.load(folder)) {
      List<String> documents = List.of("It rained all day.", "Bread is sold around the corner.");
      for (RankedDocument hit : encoder.rank("Where is the bakery?", documents)) {
        System.out.println(hit.score() + " " + hit.text());
      }
    }
    // @end
  }

  @Test
  void crossEncoderOptions() {
    try (var encoder = CrossEncoder.load(TaskCases.folder("reranker-prompts"))) {
      List<String> documents = List.of("Bread", "Rain", "Butter");
      // @start region="cross-encoder-options"
      CrossEncoderOptions options =
          CrossEncoderOptions.defaults().prompt("query").topK(2).maxLength(32);
      List<RankedDocument> best = encoder.rank("What is baked?", documents, options);
      // @end
      assertEquals(2, best.size());
    }
  }

  @Test
  void entities() {
    Path folder = TaskCases.folder("entities");
    // @start region="entities"
    try (var classifier = TokenClassifier.load(folder)) {
      for (Entity entity : classifier.classify("Ada Lovelace lived in London.").entities()) {
        System.out.println(entity.label() + " " + entity.score() + " " + entity.text());
      }
    }
    // @end
  }

  @Test
  void tokenClassifyOptions() {
    try (var classifier = TokenClassifier.load(TaskCases.folder("entities"))) {
      String longText = "Ada Lovelace lived in London. ".repeat(20);
      // @start region="token-classify-options"
      TokenClassifyOptions options =
          TokenClassifyOptions.defaults()
              .aggregation(Aggregation.FIRST)
              .ignoreLabels("O", "MISC")
              .stride(16);
      Entities all = classifier.classify(longText, options);
      // @end
      assertTrue(all.entities().size() > 1);
    }
  }

  @Test
  void answer() {
    Path folder = TaskCases.folder("question");
    String context = "The bakery opens at seven. It is closed on Sundays.";
    // @start region="answer"
    try (var answerer = QuestionAnswerer.load(folder)) {
      for (Answer answer : answerer.answer("When does the bakery open?", context)) {
        System.out.println(answer.score() + " " + answer.text());
      }
    }
    // @end
  }

  @Test
  void answerOptions() {
    try (var answerer = QuestionAnswerer.load(TaskCases.folder("question"))) {
      String context = "The bakery opens at seven. It is closed on Sundays.";
      // @start region="answer-options"
      AnswerOptions options = AnswerOptions.defaults().topK(3).maxAnswerLength(8).noAnswer(true);
      List<Answer> best = answerer.answer("Who bakes?", context, options);
      // @end
      assertEquals(3, best.size());
    }
  }

  @Test
  void choose() {
    Path folder = TaskCases.folder("choice");
    // @start region="choose"
    try (var model = MultipleChoice.load(folder)) {
      List<String> choices = List.of("He baked bread.", "He flew to the moon.");
      for (Choice choice : model.choose("The baker got up at four.", choices)) {
        System.out.println(choice.score() + " " + choice.text());
      }
    }
    // @end
  }

  @Test
  void locator() {
    // @start region="locator"
    Path models = Path.of("/srv/models");
    ModelLocator ours =
        name ->
            name.startsWith("ours:")
                ? Optional.of(models.resolve(name.substring("ours:".length())))
                : Optional.empty();
    Path folder = Models.locate("ours:reranker", ours);
    // @end
    assertEquals(models.resolve("reranker"), folder);
  }
}
