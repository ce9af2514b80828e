package io.github.modernbert.djl;

import static io.github.modernbert.djl.Failures.assertMistake;
import static io.github.modernbert.djl.Folders.TEXTS;
import static io.github.modernbert.djl.Folders.criteria;
import static io.github.modernbert.djl.Folders.extra;
import static io.github.modernbert.djl.Folders.golden;
import static io.github.modernbert.djl.Folders.mini;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.modality.Classifications;
import ai.djl.modality.nlp.qa.QAInput;
import ai.djl.modality.nlp.translator.NamedEntity;
import ai.djl.modality.nlp.translator.ZeroShotClassificationInput;
import ai.djl.modality.nlp.translator.ZeroShotClassificationOutput;
import ai.djl.translate.Translator;
import ai.djl.util.StringPair;
import io.github.modernbert.Aggregation;
import io.github.modernbert.AnswerOptions;
import io.github.modernbert.Classification;
import io.github.modernbert.ClassifyOptions;
import io.github.modernbert.CrossEncoder;
import io.github.modernbert.CrossEncoderOptions;
import io.github.modernbert.EmbedOptions;
import io.github.modernbert.Entity;
import io.github.modernbert.FillMask;
import io.github.modernbert.LabelScore;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.QuestionAnswerer;
import io.github.modernbert.ScoreFunction;
import io.github.modernbert.Task;
import io.github.modernbert.TextClassifier;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.TextPair;
import io.github.modernbert.TokenClassifier;
import io.github.modernbert.TokenClassifyOptions;
import io.github.modernbert.ZeroShotClassifier;
import io.github.modernbert.ZeroShotOptions;
import io.github.modernbert.testdata.HeldBatches;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Predictions have the bits of the library's own calls, one by one and in batches. */
final class PredictionTest {
  private static final List<StringPair> PAIRS =
      List.of(
          new StringPair("old way", "different old way woman problem"),
          new StringPair("", "bad take?"),
          new StringPair("know", ""));

  private static final List<TextPair> TEXT_PAIRS =
      PAIRS.stream().map(p -> new TextPair(p.getKey(), p.getValue())).toList();

  @Test
  void embeddings() throws Exception {
    try (var embedder = TextEmbedder.load(mini());
        var model = criteria(mini(), String.class, float[].class).build().loadModel();
        var predictor = model.newPredictor()) {
      float[][] expected = embedder.embed(TEXTS).toArray();
      assertArrayEquals(expected, predictor.batchPredict(TEXTS).toArray(float[][]::new));
      for (int i = 0; i < expected.length; i++) {
        assertArrayEquals(expected[i], predictor.predict(TEXTS.get(i)));
      }
      assertEquals(List.of(), predictor.batchPredict(List.of()));
    }
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void requestsAtTheSameTimeAreComputedTogether() throws Exception {
    int processors = Runtime.getRuntime().availableProcessors();
    List<String> texts =
        IntStream.range(0, 4 * processors).mapToObj(i -> TEXTS.get(i % TEXTS.size())).toList();
    var held = new HeldBatches();
    try (var embedder = TextEmbedder.load(mini());
        var model = (CheckpointModel) Model.newInstance("held", ModernBertEngine.ENGINE_NAME);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      model.load(mini(), LoadOptions.defaults().batches(held::begins));
      TextEmbedder shared =
          CheckpointModel.checkpoint(model)
              .open(Task.EMBEDDING, TextEmbedder.class, TextEmbedder::load);
      Translator<String, float[]> translator =
          new ModernBertTranslatorFactory()
              .newInstance(String.class, float[].class, model, Map.of());
      var vectors = new ArrayList<Future<float[]>>();
      for (String text : texts) {
        vectors.add(
            threads.submit(() -> {
              try (var predictor = model.newPredictor(translator)) {
                return predictor.predict(text);
              }
            }));
      }
      held.letGoWhenAllCame(texts.size(), shared::waitingCalls);
      for (int i = 0; i < texts.size(); i++) {
        assertArrayEquals(embedder.embed(texts.get(i)), vectors.get(i).get());
      }
    }
    // Who waited when the first batch was let go; how many more there are depends on who wakes
    // first.
    assertTrue(
        held.calls().stream().anyMatch(calls -> calls > 1), "calls of each batch: " + held.calls());
  }

  @Test
  void arraysOfTexts() throws Exception {
    try (var embedder = TextEmbedder.load(mini());
        var model = criteria(mini(), String[].class, float[][].class).build().loadModel();
        var predictor = model.newPredictor()) {
      float[][] expected = embedder.embed(TEXTS).toArray();
      assertArrayEquals(expected, predictor.predict(TEXTS.toArray(String[]::new)));
      List<float[][]> split =
          predictor.batchPredict(
              List.of(
                  new String[] {TEXTS.get(0)},
                  new String[0],
                  new String[] {TEXTS.get(1), TEXTS.get(2)}));
      assertArrayEquals(Arrays.copyOf(expected, 1), split.get(0));
      assertEquals(0, split.get(1).length);
      assertArrayEquals(Arrays.copyOfRange(expected, 1, 3), split.get(2));
    }
  }

  @Test
  void argumentsOfEmbeddings() throws Exception {
    try (var embedder = TextEmbedder.load(mini());
        var model =
            criteria(mini(), String.class, float[].class)
                .optArgument("prompt", "query")
                .optArgument("dimensions", 64)
                .optArgument("normalize", "true")
                .optArgument("maxLength", 8.0)
                .optArgument("pooling", "mean")
                .build()
                .loadModel();
        var predictor = model.newPredictor()) {
      EmbedOptions options =
          EmbedOptions.defaults().prompt("query").dimensions(64).normalize(true).maxLength(8);
      assertArrayEquals(
          embedder.embed(TEXTS, options).toArray(),
          predictor.batchPredict(TEXTS).toArray(float[][]::new));
    }
  }

  @Test
  void promptText() throws Exception {
    try (var embedder = TextEmbedder.load(mini());
        var model =
            criteria(mini(), String.class, float[].class)
                .optArgument("promptText", "about: ")
                .build()
                .loadModel();
        var predictor = model.newPredictor()) {
      assertArrayEquals(
          embedder.embed(TEXTS.getFirst(), EmbedOptions.defaults().promptText("about: ")),
          predictor.predict(TEXTS.getFirst()));
    }
  }

  @Test
  void embeddingsOfAMaskedLanguageModel() throws Exception {
    Path folder = extra("fill-mask/tied");
    try (var embedder = TextEmbedder.load(folder);
        var model = criteria(folder, String.class, float[].class).build().loadModel();
        var predictor = model.newPredictor()) {
      assertArrayEquals(embedder.embed("some text"), predictor.predict("some text"));
    }
  }

  @Test
  void classes() throws Exception {
    for (String name : List.of("text-single", "text-multi", "text-regression", "text-one-label")) {
      Path folder = extra("tasks").resolve(name);
      try (var classifier = TextClassifier.load(folder);
          var model = criteria(folder, String.class, Classifications.class).build().loadModel();
          var predictor = model.newPredictor()) {
        List<Classification> expected = classifier.classify(TEXTS);
        List<Classifications> found = predictor.batchPredict(TEXTS);
        for (int i = 0; i < TEXTS.size(); i++) {
          assertSame(expected.get(i), found.get(i));
          assertSame(expected.get(i), predictor.predict(TEXTS.get(i)));
        }
        assertEquals(
            expected.getFirst().best().label(), found.getFirst().best().getClassName(), name);
      }
    }
  }

  @Test
  void classesOfPairs() throws Exception {
    Path folder = extra("tasks/text-single");
    try (var classifier = TextClassifier.load(folder);
        var model =
            criteria(folder, StringPair.class, Classifications.class)
                .optArgument("topK", "1")
                .build()
                .loadModel();
        var predictor = model.newPredictor()) {
      List<Classification> expected =
          classifier.classifyPairs(TEXT_PAIRS, ClassifyOptions.defaults().topK(1));
      List<Classifications> found = predictor.batchPredict(PAIRS);
      for (int i = 0; i < PAIRS.size(); i++) {
        assertSame(expected.get(i), found.get(i));
      }
    }
  }

  private static void assertSame(Classification expected, Classifications found) {
    assertEquals(expected.labels().stream().map(LabelScore::label).toList(), found.getClassNames());
    assertEquals(
        expected.labels().stream().map(l -> (double) l.score()).toList(), found.getProbabilities());
  }

  @Test
  void masks() throws Exception {
    Path folder = extra("fill-mask/tied");
    List<String> texts = List.of("The baker sold [MASK] bread.", "[MASK]");
    try (var fillMask = FillMask.load(folder);
        var model = criteria(folder, String.class, Classifications.class).build().loadModel();
        var predictor = model.newPredictor()) {
      List<Classifications> found = predictor.batchPredict(texts);
      for (int i = 0; i < texts.size(); i++) {
        var predictions = fillMask.fill(texts.get(i)).getFirst().predictions();
        assertEquals(
            predictions.stream().map(p -> p.token().strip()).toList(),
            found.get(i).getClassNames());
        assertEquals(
            predictions.stream().map(p -> (double) p.score()).toList(),
            found.get(i).getProbabilities());
      }
    }
  }

  @Test
  void rerankingScores() throws Exception {
    for (Path folder :
        List.of(
            extra("tasks/reranker-prompts"),
            golden("sentence-transformers/cross-one-label-identity"),
            golden("sentence-transformers/cross-three-labels"))) {
      for (String sigmoid : List.of("", "true", "false")) {
        var builder = criteria(folder, StringPair.class, float[].class);
        CrossEncoderOptions options = CrossEncoderOptions.defaults();
        if (!sigmoid.isEmpty()) {
          builder = builder.optArgument("sigmoid", sigmoid);
          options =
              options.scoreFunction(
                  sigmoid.equals("true") ? ScoreFunction.SIGMOID : ScoreFunction.NONE);
        }
        try (var encoder = CrossEncoder.load(folder);
            var model = builder.build().loadModel();
            var predictor = model.newPredictor()) {
          List<float[]> found = predictor.batchPredict(PAIRS);
          for (int i = 0; i < PAIRS.size(); i++) {
            assertArrayEquals(encoder.predict(TEXT_PAIRS.get(i), options).values(), found.get(i));
          }
        }
      }
    }
  }

  @Test
  void arraysOfPairs() throws Exception {
    Path folder = extra("tasks/reranker-prompts");
    try (var encoder = CrossEncoder.load(folder);
        var model = criteria(folder, StringPair[].class, float[][].class).build().loadModel();
        var predictor = model.newPredictor()) {
      float[][] found = predictor.predict(PAIRS.toArray(StringPair[]::new));
      for (int i = 0; i < PAIRS.size(); i++) {
        assertArrayEquals(encoder.predict(TEXT_PAIRS.get(i)).values(), found[i]);
      }
    }
  }

  @Test
  void entities() throws Exception {
    Path folder = extra("tasks/entities");
    for (Aggregation aggregation : Aggregation.values()) {
      try (var classifier = TokenClassifier.load(folder);
          var model =
              criteria(folder, String.class, NamedEntity[].class)
                  .optArgument("aggregation_strategy", aggregation.name().toLowerCase(Locale.ROOT))
                  .build()
                  .loadModel();
          var predictor = model.newPredictor()) {
        var options = TokenClassifyOptions.defaults().aggregation(aggregation);
        List<NamedEntity[]> found = predictor.batchPredict(TEXTS);
        int entities = 0;
        for (int i = 0; i < TEXTS.size(); i++) {
          List<Entity> expected = classifier.classify(TEXTS.get(i), options).entities();
          assertEquals(expected, Arrays.stream(found.get(i)).map(PredictionTest::entity).toList());
          entities += expected.size();
        }
        assertTrue(entities > 0, aggregation + " finds nothing");
      }
    }
  }

  private static Entity entity(NamedEntity e) {
    return new Entity(e.getEntity(), e.getScore(), e.getStart(), e.getEnd(), e.getWord());
  }

  @Test
  void tokensKnowTheirIndex() throws Exception {
    Path folder = extra("tasks/entities");
    try (var classifier = TokenClassifier.load(folder);
        var model = criteria(folder, String.class, NamedEntity[].class).build().loadModel();
        var predictor = model.newPredictor()) {
      var indices = new ArrayList<Integer>();
      for (String text : TEXTS) {
        var encoding = classifier.tokenizer().encode(text);
        for (NamedEntity token : predictor.predict(text)) {
          assertEquals(encoding.start(token.getIndex()), token.getStart());
          assertEquals(encoding.end(token.getIndex()), token.getEnd());
          indices.add(token.getIndex());
        }
      }
      assertTrue(indices.stream().distinct().count() > 3, indices.toString());
    }
  }

  @Test
  void answers() throws Exception {
    Path folder = extra("tasks/question");
    List<QAInput> questions =
        List.of(
            new QAInput("Who?", "The baker sold bread to the old woman around the corner."),
            new QAInput("a", "b"));
    try (var answerer = QuestionAnswerer.load(folder);
        var model =
            criteria(folder, QAInput.class, String.class)
                .optArgument("maxAnswerLength", 4)
                .build()
                .loadModel();
        var predictor = model.newPredictor()) {
      var options = AnswerOptions.defaults().maxAnswerLength(4);
      List<String> expected =
          questions.stream()
              .map(q -> answerer.answer(q.getQuestion(), q.getParagraph(), options))
              .map(found -> found.getFirst().text())
              .toList();
      assertEquals(expected, predictor.batchPredict(questions));
      assertEquals(expected.getFirst(), predictor.predict(questions.getFirst()));
      assertMistake(
          "question, paragraph[1] is null", () -> predictor.predict(new QAInput("Who?", null)));
    }
  }

  @Test
  void labelsChosenWithTheCall() throws Exception {
    Path folder = extra("tasks/text-entailment-first");
    var input =
        new ZeroShotClassificationInput(
            TEXTS.getFirst(), new String[] {"food", "weather"}, true, "It is about {}.");
    try (var classifier = ZeroShotClassifier.load(folder);
        var model =
            criteria(folder, ZeroShotClassificationInput.class, ZeroShotClassificationOutput.class)
                .build()
                .loadModel();
        var predictor = model.newPredictor()) {
      ZeroShotClassificationOutput found = predictor.predict(input);
      List<LabelScore> expected =
          classifier
              .classify(
                  TEXTS.getFirst(),
                  List.of("food", "weather"),
                  ZeroShotOptions.defaults().multiLabel(true).template("It is about {}."))
              .labels();
      assertEquals(TEXTS.getFirst(), found.getSequence());
      assertEquals(
          expected,
          IntStream.range(0, 2)
              .mapToObj(i -> new LabelScore(found.getLabels()[i], (float) found.getScores()[i]))
              .toList());
    }
  }
}
