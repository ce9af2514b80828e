package io.github.modernbert.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.Models;
import io.github.modernbert.ModernBertModel;
import io.github.modernbert.TaskModel;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.testdata.ModelCopy;
import io.github.modernbert.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files and answers that are changed at random are taken or refused, and nothing else: no other
 * exception, no error, no hanging. A fixed part runs in every build; see {@link Settings} for more.
 */
@Tag("fuzz")
final class FuzzTest {
  private static final LoadOptions SMALL = LoadOptions.defaults().threads(1).tokenBudget(256);
  private static final List<String> TEXTS =
      List.of("", "Größe: one  two\n[MASK] 12345", "ab\u0301 \ud83d\ude00 \u0000 x".repeat(9));

  private static final int FEW_POSITIONS = 64;

  /** So many inputs that some are taken and some refused. */
  private static final int ENOUGH = 100;

  /** Held, since loggers that nobody holds forget their level. */
  private static final Logger LOGGER = Logger.getLogger("io.github.modernbert");

  @TempDir private Path folder;

  @TestFactory
  Stream<DynamicTest> whatIsBrokenIsTakenOrRefused() throws IOException {
    LOGGER.setLevel(Level.SEVERE);
    Settings settings = Settings.ofProperties();
    List<Area> chosen =
        areas().stream()
            .filter(area -> settings.area().isEmpty() || settings.area().equals(area.name()))
            .toList();
    assertFalse(chosen.isEmpty(), "no area is called " + settings.area());
    return chosen.stream()
        .map(area -> DynamicTest.dynamicTest(area.name(), () -> fuzz(area, settings)));
  }

  private void fuzz(Area area, Settings settings) throws IOException {
    area.prepare(Files.createDirectory(folder.resolve(area.name())));
    Fuzzer.Result result = new Fuzzer(area, settings).run();
    assertEquals(Map.of(), result.findings());
    if (settings.count() > ENOUGH) {
      assertTrue(result.taken() > 0 && result.refused() > 0, "one-sided: " + result);
    }
  }

  private List<Area> areas() throws IOException {
    List<Path> checkpoints = Golden.folders("checkpoints", "config.json", "model.safetensors");
    List<Path> sharded = Golden.folders("checkpoints", "model.safetensors.index.json");
    List<Path> tokenizers = Golden.folders("tokenizers", "tokenizer.json");
    List<Path> embedders = Golden.folders("sentence-transformers", "config.json", "tokenizer.json");
    Path extra = Golden.project().resolve("src-test-data/golden-extra");
    var models = new ArrayList<Path>(embedders);
    models.addAll(Golden.folders(extra, "config.json", "tokenizer.json"));
    var withWeights = new ArrayList<Path>();
    embedders.subList(0, 5).forEach(model -> withWeights.add(small(model)));
    withWeights.add(quantised(small(embedders.getLast())));
    return List.of(
        new TensorsArea(
            "tensors",
            Golden.root().resolve("safetensors"),
            ".safetensors",
            SafetensorsMutations::of),
        new TensorsArea("pickles", extra.resolve("pytorch"), ".bin", PickleMutations::of),
        new ModelFolderArea(
            "weights",
            withWeights,
            "(.*/)?model\\.safetensors",
            SafetensorsMutations::of,
            FuzzTest::loadAndUse),
        new ModelFolderArea(
            "index",
            sharded,
            "model\\.safetensors\\.index\\.json",
            JsonMutations::of,
            model -> ModernBertModel.load(model, SMALL).close()),
        new ModelFolderArea(
            "config", models, "config\\.json", JsonMutations::of, FuzzTest::loadAndUse),
        new ModelFolderArea(
            "encoder-config", checkpoints, "config\\.json", JsonMutations::of, FuzzTest::encode),
        new ModelFolderArea(
            "sentence-transformers",
            models,
            "modules\\.json|.+/config\\.json|.*sentence_.*\\.json",
            JsonMutations::of,
            FuzzTest::loadAndUse),
        new ModelFolderArea(
            "tokenizer-config",
            models,
            "(.*/)?(tokenizer_config|special_tokens_map)\\.json",
            JsonMutations::of,
            FuzzTest::loadAndUse),
        new ModelFolderArea(
            "tokenizer", tokenizers, "tokenizer\\.json", JsonMutations::of, FuzzTest::tokenize),
        new VectorsArea(),
        new HubArea(),
        new HttpArea(
            Golden.project()
                .resolve("modernbert-mini/src/main/resources/META-INF/modernbert-mini")));
  }

  /** A copy that loads quickly, since what is not changed is read each time, too. */
  private Path small(Path model) {
    return ModelCopy.of(model, folder.resolve("small-" + model.getFileName()))
        .json("config.json", config -> config.addProperty("max_position_embeddings", FEW_POSITIONS))
        .json("tokenizer.json", FuzzTest::leaveSingleCharacters)
        .folder();
  }

  private static void leaveSingleCharacters(JsonObject tokenizer) {
    JsonObject bpe = tokenizer.getAsJsonObject("model");
    bpe.add("merges", new JsonArray());
    bpe.getAsJsonObject("vocab").keySet().removeIf(token -> token.length() > 1);
  }

  private Path quantised(Path model) throws IOException {
    Path target = folder.resolve("quantised");
    Models.quantize(model, target);
    return target;
  }

  private static void loadAndUse(Path model) {
    try (TaskModel loaded = Models.load(model, SMALL)) {
      if (loaded instanceof TextEmbedder embedder) {
        embedder.embed(TEXTS);
      }
    }
  }

  private static void encode(Path model) {
    try (var encoder = ModernBertModel.load(model, SMALL)) {
      int last = encoder.config().vocabSize() - 1;
      int[] ids = {last, last / 2, 0};
      int most = encoder.config().maxPositionEmbeddings();
      encoder.lastHiddenState(Arrays.copyOf(ids, Math.min(ids.length, most)));
    }
  }

  private static void tokenize(Path model) {
    Tokenizer tokenizer = Tokenizer.load(model.resolve("tokenizer.json"));
    for (String text : TEXTS) {
      tokenizer.decode(tokenizer.encode(text).ids(), false);
    }
  }
}
