package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.testdata.ModelCopy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models whose modules differ for queries and documents, and means of states. */
final class RoutesTest {
  private static final Path EXTRA = Golden.project().resolve("src-test-data/golden-extra");
  private static final EmbedOptions QUERY = EmbedOptions.defaults().prompt("query");

  @TempDir Path temporary;

  private static Path module(String name) {
    return EXTRA.resolve("modules").resolve(name);
  }

  private static String message(Runnable call) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }

  @Test
  void routesAreDescribed() {
    assertEquals(
        List.of(Task.SPARSE_EMBEDDING, Task.FILL_MASK),
        Models.describe(EXTRA.resolve("sparse/inference-free")).tasks());
    try (var encoder = SparseEncoder.load(EXTRA.resolve("sparse/inference-free"))) {
      assertEquals(
          "document: masked-LM head, max of relu; query: weights of tokens, looked up",
          encoder.info().steps());
    }
    try (var embedder = TextEmbedder.load(module("router-heads"))) {
      assertEquals(
          "document: mean pooling, dense 16 to 12, layer norm; query: mean pooling, dense 16 to"
              + " 12, normalize",
          embedder.info().steps());
    }
  }

  @Test
  void aMissingRouteIsNamed() {
    var copy = ModelCopy.of(module("router-heads"), temporary.resolve("no-default"));
    copy.json(
        "2_Router/router_config.json",
        json -> {
          JsonObject parameters = json.getAsJsonObject("parameters");
          parameters.add("default_route", JsonNull.INSTANCE);
          parameters.addProperty("allow_empty_key", false);
          json.getAsJsonObject("structure").remove("document");
        });
    try (var embedder = TextEmbedder.load(copy.folder())) {
      assertEquals(12, embedder.embed("a", QUERY).length);
      assertTrue(message(() -> embedder.embed("a")).contains("no default route"));
      EmbedOptions document = EmbedOptions.defaults().prompt("document");
      String message = message(() -> embedder.embed("a", document));
      assertTrue(message.contains("no route for 'document', only for [query]"), message);
    }
  }

  @Test
  void copiesKeepAllRoutes() throws IOException {
    for (String name : List.of("router-mapped", "router-heads", "word-weights", "layer-mean")) {
      Path copy = temporary.resolve(name);
      Models.convert(module(name), copy);
      try (var source = TextEmbedder.load(module(name));
          var converted = TextEmbedder.load(copy)) {
        assertArrayEquals(source.embed("bread"), converted.embed("bread"));
        assertArrayEquals(source.embed("bread", QUERY), converted.embed("bread", QUERY));
      }
    }
    Path sparse = EXTRA.resolve("sparse/inference-free");
    Models.convert(sparse, temporary.resolve("sparse"));
    try (var source = SparseEncoder.load(sparse);
        var converted = SparseEncoder.load(temporary.resolve("sparse"))) {
      SparseOptions query = SparseOptions.defaults().prompt("query");
      assertEquals(source.encode("warm bread", query), converted.encode("warm bread", query));
    }
  }

  @Test
  void meansOfStatesNeedAllLayers() {
    String message =
        message(() -> TextEmbedder.load(module("layer-mean"), LoadOptions.defaults().layers(2)));
    assertTrue(message.contains("layers: ") && message.contains("all are needed"), message);
  }

  @Test
  void meansOfStatesHaveTheSameBitsEverywhere() {
    LoadOptions other =
        LoadOptions.defaults().threads(3).kernels(KernelChoice.PORTABLE).tokenBudget(32);
    List<String> texts = List.of("", "bread", " word".repeat(30), "The baker sold warm bread.");
    try (var embedder = TextEmbedder.load(module("layer-mean"));
        var portable = TextEmbedder.load(module("layer-mean"), other)) {
      Embeddings expected = embedder.embed(texts);
      Embeddings found = portable.embed(texts.reversed());
      for (int i = 0; i < texts.size(); i++) {
        assertArrayEquals(expected.vector(i), found.vector(texts.size() - 1 - i));
        assertArrayEquals(expected.vector(i), embedder.embed(texts.get(i)));
      }
    }
  }

  @Test
  void damagedTablesAreRefused() {
    var copy = ModelCopy.of(module("word-weights"), temporary.resolve("short"));
    copy.json(
        "1_WordWeights/config.json",
        json -> {
          while (json.getAsJsonArray("vocab").size() > 10) {
            json.getAsJsonArray("vocab").remove(10);
          }
        });
    try (var embedder = TextEmbedder.load(copy.folder())) {
      var refused = assertThrows(ModelFileException.class, () -> embedder.embed("bread"));
      assertTrue(String.valueOf(refused.getMessage()).contains("vocab: 10 tokens"));
    }
    var sparse =
        ModelCopy.of(EXTRA.resolve("sparse/inference-free"), temporary.resolve("wide"))
            .json(
                "document_0_Transformer/config.json", json -> json.addProperty("vocab_size", 1000));
    assertThrows(ModelFileException.class, () -> SparseEncoder.load(sparse.folder()));
  }
}
