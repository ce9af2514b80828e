package io.github.modernbert.djl;

import static io.github.modernbert.djl.Failures.assertMessage;
import static io.github.modernbert.djl.Folders.criteria;
import static io.github.modernbert.djl.Folders.extra;
import static io.github.modernbert.djl.Folders.golden;
import static io.github.modernbert.djl.Folders.mini;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.modality.Classifications;
import ai.djl.modality.nlp.translator.NamedEntity;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Blocks;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.loss.Loss;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import ai.djl.translate.Translator;
import io.github.modernbert.KernelChoice;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.Precision;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.WeightType;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ways to load a model, and what is said when that cannot be. */
final class LoadingTest {
  private static final LoadOptions INT8 =
      LoadOptions.defaults().precision(Precision.INT8).weights(WeightType.BFLOAT16);
  private static final ModernBertTranslatorFactory FACTORY = new ModernBertTranslatorFactory();

  @Test
  void withoutCriteria() throws Exception {
    try (Model model = Model.newInstance("mini", "ModernBert");
        var embedder = TextEmbedder.load(mini(), INT8.kernels(KernelChoice.PORTABLE))) {
      assertThrows(IllegalStateException.class, () -> translator(model));
      assertThrows(IllegalStateException.class, () -> model.newPredictor(new NoopTranslator()));
      Map<String, Object> options =
          Map.of(
              "kernels",
              "portable",
              "threads",
              "1",
              "tokenBudget",
              64,
              "precision",
              "int8",
              "weights",
              "BFloat16");
      model.load(mini(), null, options);
      try (var predictor = model.newPredictor(translator(model))) {
        assertArrayEquals(embedder.embed("a text"), predictor.predict("a text"));
      }
      assertThrows(IllegalStateException.class, () -> model.load(mini()));
      assertEquals("mini", model.getName());
      assertEquals(mini().toAbsolutePath(), model.getModelPath());
      assertTrue(Arrays.asList(model.getArtifactNames()).contains("config.json"));
      assertEquals("config", model.getArtifact("config.json", in -> "config"));
    }
  }

  private static Translator<String, float[]> translator(Model model) throws TranslateException {
    return FACTORY.newInstance(String.class, float[].class, model, Map.of());
  }

  @Test
  void zooNeedsNeitherEngineNorFactory() throws Exception {
    try (var embedder = TextEmbedder.load(mini());
        var model =
            Criteria.builder()
                .setTypes(String.class, float[].class)
                .optModelZoo(new ModernBertModelZoo(mini()))
                .build()
                .loadModel();
        var predictor = model.newPredictor()) {
      assertArrayEquals(embedder.embed("a text"), predictor.predict("a text"));
    }
    Criteria<String, float[]> elsewhere =
        Criteria.builder()
            .setTypes(String.class, float[].class)
            .optModelZoo(new ModernBertModelZoo(mini().resolve("missing")))
            .build();
    assertThrows(ModelNotFoundException.class, elsewhere::loadModel);
  }

  @Test
  void classificationsWithoutTheFactoryAreRefusedBeforeAnyPrediction() throws Exception {
    // DJL takes the text for the address of an image then.
    Criteria<String, Classifications> criteria =
        Criteria.builder()
            .setTypes(String.class, Classifications.class)
            .optModelPath(golden("sentence-transformers/cross-three-labels"))
            .optEngine("ModernBert")
            .build();
    try (var model = criteria.loadModel()) {
      assertMessage(
          "name the one for texts: optTranslatorFactory(new ModernBertTranslatorFactory())",
          assertThrows(IllegalArgumentException.class, model::newPredictor));
    }
  }

  @Test
  void urlNamesEngineAndFactory() throws Exception {
    String url =
        "%s?engine=ModernBert&translatorFactory=%s"
            .formatted(mini().toUri(), ModernBertTranslatorFactory.class.getName());
    try (var embedder = TextEmbedder.load(mini());
        var model =
            Criteria.builder()
                .setTypes(String.class, float[].class)
                .optModelUrls(url)
                .build()
                .loadModel();
        var predictor = model.newPredictor()) {
      assertArrayEquals(embedder.embed("a text"), predictor.predict("a text"));
    }
  }

  @Test
  void filesThatCannotBeUsed(@TempDir Path folder) throws Exception {
    try (var files = Files.list(extra("tasks/entities"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    Path weights = folder.resolve("model.safetensors");
    Files.write(weights, Arrays.copyOf(Files.readAllBytes(weights), 5000));
    var e =
        assertThrows(
            MalformedModelException.class,
            () -> criteria(folder, String.class, NamedEntity[].class).build().loadModel());
    assertMessage("model.safetensors", e);
    Files.delete(folder.resolve("config.json"));
    e =
        assertThrows(
            MalformedModelException.class,
            () -> criteria(folder, String.class, NamedEntity[].class).build().loadModel());
    assertMessage("config.json", e);
  }

  @Test
  void foldersThatAreNotThere() {
    Path missing = mini().resolve("missing");
    assertThrows(
        ModelNotFoundException.class,
        () -> criteria(missing, String.class, float[].class).build().loadModel());
    try (Model model = Model.newInstance("m", "ModernBert")) {
      assertThrows(FileNotFoundException.class, () -> model.load(missing));
      assertThrows(
          FileNotFoundException.class, () -> model.load(mini().resolve("model.safetensors")));
    }
  }

  @Test
  void checkpointsForSomethingElse() {
    assertMismatch(
        "needs a checkpoint for text-classification or fill-mask", Classifications.class);
    assertMismatch("needs a checkpoint for token-classification", NamedEntity[].class);
  }

  @Test
  void mismatchLeavesTheModelUsable() throws Exception {
    try (Model model = Model.newInstance("mini", "ModernBert");
        var embedder = TextEmbedder.load(mini())) {
      model.load(mini());
      assertThrows(
          TranslateException.class,
          () -> FACTORY.newInstance(String.class, Classifications.class, model, Map.of()));
      try (var predictor = model.newPredictor(translator(model))) {
        assertArrayEquals(embedder.embed("a text"), predictor.predict("a text"));
      }
    }
  }

  private static <O> void assertMismatch(String part, Class<O> output) {
    var e =
        assertThrows(
            ModelNotFoundException.class,
            () -> criteria(mini(), String.class, output).build().loadModel());
    // DJL tries all loaders, and keeps the last one's exception.
    var lookup = assertInstanceOf(ModelNotFoundException.class, e.getCause());
    var mismatch = assertInstanceOf(TranslateException.class, lookup.getCause());
    assertMessage(part, mismatch);
    assertMessage("sentence-similarity", mismatch);
  }

  @Test
  void typesThatNobodyHas() {
    assertThrows(
        ModelNotFoundException.class,
        () -> criteria(mini(), Integer.class, String.class).build().loadModel());
    try (Model model = Model.newInstance("m", "ModernBert")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> FACTORY.newInstance(Integer.class, String.class, model, Map.of()));
    }
  }

  @Test
  void otherEnginesAreTold() {
    try (Model model = Model.newInstance("m", "RPC")) {
      var e = assertThrows(TranslateException.class, () -> translator(model));
      assertMessage("optEngine(\"ModernBert\")", e);
    }
  }

  @Test
  void argumentsAndOptionsWithoutSense() {
    assertMistake("dimensions: expected a whole number, found 'many'", "dimensions", "many");
    assertMistake("dimensions: expected a whole number, found '1.5'", "dimensions", 1.5);
    assertMistake("dimensions must be at least 1", "dimensions", 0);
    assertMistake("normalize: expected true or false, found 'yes'", "normalize", "yes");
    assertMistake("pools by [mean], found 'cls'", "pooling", "cls");
    for (Map.Entry<String, String> option :
        Map.of(
                "threads",
                "0",
                "kernels",
                "fast",
                "tokenBudget",
                "x",
                "precision",
                "int4",
                "weights",
                "int8")
            .entrySet()) {
      var e =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  criteria(mini(), String.class, float[].class)
                      .optOption(option.getKey(), option.getValue())
                      .build()
                      .loadModel());
      assertMessage(option.getKey(), e);
    }
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                criteria(extra("tasks/entities"), String.class, NamedEntity[].class)
                    .optArgument("aggregation_strategy", "best")
                    .build()
                    .loadModel());
    assertMessage("one of none, simple", e);
  }

  private static void assertMistake(String message, String argument, Object value) {
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                criteria(mini(), String.class, float[].class)
                    .optArgument(argument, value)
                    .build()
                    .loadModel());
    assertMessage(message, e);
  }

  @Test
  void whatTheEngineDoesNotDo(@TempDir Path folder) throws Exception {
    assertThrows(
        UnsupportedOperationException.class,
        () ->
            criteria(mini(), String.class, float[].class)
                .optDevice(Device.gpu())
                .build()
                .loadModel());
    assertThrows(
        UnsupportedOperationException.class,
        () ->
            criteria(mini(), String.class, float[].class)
                .optBlock(Blocks.identityBlock())
                .build()
                .loadModel());
    try (var model = criteria(mini(), String.class, float[].class).build().loadModel();
        var predictor = model.newPredictor()) {
      assertEquals(DataType.FLOAT32, model.getDataType());
      model.setDataType(DataType.FLOAT32);
      Engine engine = model.getNDManager().getEngine();
      for (Runnable call :
          List.<Runnable>of(
              () -> model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss())),
              () -> model.setBlock(Blocks.identityBlock()),
              () -> model.setDataType(DataType.FLOAT16),
              () -> model.cast(DataType.FLOAT16),
              () -> model.newPredictor(Device.gpu()),
              () -> engine.newModel("m", Device.gpu()))) {
        assertThrows(UnsupportedOperationException.class, call::run);
      }
      assertThrows(UnsupportedOperationException.class, () -> model.save(folder, "m"));
      assertThrows(IllegalStateException.class, () -> predictor.streamingPredict("a text"));
    }
    try (Model model = Model.newInstance("m", "ModernBert")) {
      assertThrows(
          UnsupportedOperationException.class,
          () -> model.load(new ByteArrayInputStream(new byte[1])));
    }
  }
}
