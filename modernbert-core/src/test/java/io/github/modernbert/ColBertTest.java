package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.testdata.Accuracy;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.testdata.ModelCopy;
import io.github.modernbert.weights.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vectors of tokens and scores of every golden folder against float64. */
final class ColBertTest {
  private static final Path TOP =
      Golden.project().resolve("src-test-data/golden-extra/multi-vector");
  private static final ColBertOptions DEFAULTS = ColBertOptions.defaults();

  private static List<JsonObject> list(JsonObject document, String key) {
    return document.getAsJsonArray(key).asList().stream()
        .map(JsonElement::getAsJsonObject)
        .toList();
  }

  private static List<String> texts(List<JsonObject> cases) {
    return cases.stream().map(c -> c.get("text").getAsString()).toList();
  }

  @Test
  void vectorsAndScoresAgreeWithTheTruth() {
    int texts = 0;
    var accuracy = new Accuracy("vectors of tokens");
    for (Path folder : Golden.folders(TOP, "cases.json", "config.json")) {
      JsonObject document = Golden.json(folder.resolve("cases.json")).getAsJsonObject();
      List<JsonObject> queryCases = list(document, "queries");
      List<JsonObject> documentCases = list(document, "documents");
      try (var model = ColBert.load(folder);
          var expected = Checkpoint.open(folder.resolve("expected.safetensors"))) {
        assertEquals(document.get("dimension").getAsInt(), model.dimension());
        List<TokenEmbeddings> queries = model.encodeQueries(texts(queryCases), DEFAULTS);
        List<TokenEmbeddings> documents = model.encodeDocuments(texts(documentCases), DEFAULTS);
        double worst =
            Math.max(
                error(model, expected, "query.", queryCases, queries),
                error(model, expected, "document.", documentCases, documents));
        double allowed =
            Stream.of(queryCases, documentCases)
                .flatMap(List::stream)
                .mapToDouble(c -> c.get("error_vs_truth").getAsDouble())
                .max()
                .orElseThrow();
        accuracy.judge(folder, worst, allowed);
        checkScores(document, model, queries, documents);
        texts += queries.size() + documents.size();
      }
    }
    Golden.report("texts as vectors of tokens", texts);
    accuracy.report();
  }

  private static double error(
      ColBert model,
      Checkpoint expected,
      String name,
      List<JsonObject> cases,
      List<TokenEmbeddings> actual) {
    double worst = 0;
    for (int i = 0; i < cases.size(); i++) {
      float[] truth = expected.tensor(name + i + ".truth").toFloats();
      TokenEmbeddings vectors = actual.get(i);
      int width = model.dimension();
      assertEquals(truth.length, vectors.size() * width, name + i);
      if (cases.get(i).has("scored")) {
        checkTokens(model, cases.get(i), vectors, name + i);
      } else {
        assertEquals(cases.get(i).get("vectors").getAsInt(), vectors.size(), name + i);
      }
      for (int t = 0; t < vectors.size(); t++) {
        float[] vector = vectors.vector(t);
        for (int d = 0; d < width; d++) {
          worst = Math.max(worst, Math.abs((double) truth[t * width + d] - vector[d]));
        }
      }
    }
    return worst;
  }

  private static void checkTokens(
      ColBert model, JsonObject expected, TokenEmbeddings vectors, String text) {
    JsonArray scored = expected.getAsJsonArray("scored");
    int[] kept =
        IntStream.range(0, scored.size()).filter(t -> scored.get(t).getAsInt() == 1).toArray();
    for (int t = 0; t < kept.length; t++) {
      int id = expected.getAsJsonArray("input_ids").get(kept[t]).getAsInt();
      assertEquals(model.tokenizer().idToToken(id).orElseThrow(), vectors.token(t), text);
    }
  }

  private static void checkScores(
      JsonObject document,
      ColBert model,
      List<TokenEmbeddings> queries,
      List<TokenEmbeddings> documents) {
    double worst = 0;
    JsonArray rows = document.getAsJsonArray("scores");
    for (int q = 0; q < queries.size(); q++) {
      for (int d = 0; d < documents.size(); d++) {
        double truth = rows.get(q).getAsJsonArray().get(d).getAsDouble();
        float actual = model.similarity(queries.get(q), documents.get(d));
        worst = Math.max(worst, Math.abs(truth - actual));
      }
    }
    double allowed = document.get("score_error").getAsDouble();
    new Accuracy("scores").judge(document.get("similarity_fn_name"), worst, allowed);
  }

  @Test
  void sameBitsAloneInAnyListOnAnyThreadsAndKernels() {
    for (Path folder : Golden.folders(TOP, "cases.json", "config.json")) {
      JsonObject document = Golden.json(folder.resolve("cases.json")).getAsJsonObject();
      List<String> queries = texts(list(document, "queries"));
      List<String> documents = texts(list(document, "documents"));
      LoadOptions options =
          LoadOptions.defaults().threads(3).kernels(KernelChoice.PORTABLE).tokenBudget(32);
      try (var model = ColBert.load(folder);
          var other = ColBert.load(folder, options);
          var queryStream = other.encodeQueries(queries.reversed().stream(), DEFAULTS);
          var documentStream = other.encodeDocuments(documents.reversed().stream(), DEFAULTS)) {
        List<TokenEmbeddings> fromQueries = queryStream.toList().reversed();
        for (int i = 0; i < queries.size(); i++) {
          assertSame(model.encodeQuery(queries.get(i)), fromQueries.get(i));
        }
        List<TokenEmbeddings> fromDocuments = documentStream.toList().reversed();
        for (int i = 0; i < documents.size(); i++) {
          assertSame(model.encodeDocument(documents.get(i)), fromDocuments.get(i));
        }
      }
    }
  }

  private static void assertSame(TokenEmbeddings expected, TokenEmbeddings actual) {
    assertEquals(expected.size(), actual.size());
    for (int t = 0; t < expected.size(); t++) {
      assertArrayEquals(expected.vector(t), actual.vector(t));
    }
  }

  @Test
  void tokensKnowTheirPlaceAndProgressIsTold() {
    try (var model = ColBert.load(TOP.resolve("pylate"))) {
      TokenEmbeddings query = model.encodeQuery("ab!");
      assertEquals(16, query.size());
      assertEquals("[CLS]", query.token(0));
      assertEquals("[Q] ", query.token(1));
      assertEquals(-1, query.start(1));
      assertEquals(0, query.start(2));
      assertEquals("[MASK]", query.token(15));
      assertEquals(-1, query.end(15));
      TokenEmbeddings document = model.encodeDocument("ab!");
      assertTrue(document.size() < query.size());
      assertEquals("[SEP]", document.token(document.size() - 1), "the ! is skipped");
      var done = new ArrayList<Long>();
      model.encodeQueries(
          List.of("a", "b", "c"), DEFAULTS.progress(progress -> done.add(progress.done())));
      assertEquals(3, done.getLast());
    }
  }

  @Test
  void queriesCanStayAsTheyAre() {
    try (var model = ColBert.load(TOP.resolve("pylate"))) {
      TokenEmbeddings expanded = model.encodeQuery("ab!");
      TokenEmbeddings plain =
          model.encodeQueries(List.of("ab!"), DEFAULTS.expandQueries(false)).getFirst();
      assertEquals("[SEP]", plain.token(plain.size() - 1));
      assertTrue(plain.size() < expanded.size());
      // Nobody attends to what is put behind.
      for (int t = 0; t < plain.size(); t++) {
        assertArrayEquals(expanded.vector(t), plain.vector(t));
      }
      assertTrue(DEFAULTS.expandQueries(false).expandQueries(true).expandQueries());
    }
  }

  @Test
  void rankIsBestFirst() {
    try (var model = ColBert.load(TOP.resolve("native"))) {
      List<String> texts = List.of("A dog barks.", "Bread is sold here.", "A dog barks.", "");
      List<Similarity.Hit> hits = model.rank("bread", texts, 10);
      assertEquals(4, hits.size());
      TokenEmbeddings query = model.encodeQuery("bread");
      for (int i = 0; i < hits.size(); i++) {
        Similarity.Hit hit = hits.get(i);
        TokenEmbeddings document = model.encodeDocument(texts.get(hit.index()));
        assertEquals(model.similarity(query, document), hit.score());
        assertTrue(i == 0 || hit.score() <= hits.get(i - 1).score());
      }
      List<Integer> order = hits.stream().map(Similarity.Hit::index).toList();
      assertEquals(order.indexOf(0) + 1, order.indexOf(2), "of equal ones the earlier first");
      assertEquals(hits.subList(0, 1), model.rank("bread", texts, 1));
      assertThrows(IllegalArgumentException.class, () -> model.rank("bread", texts, 0));
    }
  }

  @Test
  void lengthsOfQueriesAndDocuments() {
    try (var model = ColBert.load(TOP.resolve("pylate"))) {
      var e =
          assertThrows(
              IllegalArgumentException.class,
              () -> model.encodeQueries(List.of("a"), DEFAULTS.maxLength(8)));
      assertEquals(
          "maxLength: queries of this model always have 16 tokens, found 8", e.getMessage());
      List<String> text = List.of("word ".repeat(50));
      assertEquals(8, model.encodeDocuments(text, DEFAULTS.maxLength(8)).getFirst().size());
      assertTrue(model.encodeDocument(text.getFirst()).truncated());
      var tooLong =
          assertThrows(
              IllegalArgumentException.class,
              () -> model.encodeDocuments(text, DEFAULTS.truncate(false)));
      assertTrue(String.valueOf(tooLong.getMessage()).endsWith("at most 24 are taken"));
    }
  }

  @Test
  void lengthsOfTheFilesMayBeMoreThanThePositions(@TempDir Path copies) {
    List<String> texts = List.of("bread", " word".repeat(30));
    for (String name : List.of("native", "pylate", "pylate-no-expansion")) {
      Path folder =
          ModelCopy.of(TOP.resolve(name), copies.resolve(name))
              .json("config.json", config -> config.addProperty("max_position_embeddings", 4))
              .folder();
      try (var expected = ColBert.load(TOP.resolve(name));
          var model = ColBert.load(folder)) {
        for (String text : texts) {
          assertSame(expected.encodeQuery(text), model.encodeQuery(text));
          assertSame(expected.encodeDocument(text), model.encodeDocument(text));
        }
      }
    }
  }

  @Test
  void queriesThatAreFilledUpAtTheirBeginningAreRefused(@TempDir Path copies) {
    for (String name : List.of("pylate", "pylate-no-expansion")) {
      ModelCopy.of(TOP.resolve(name), copies.resolve(name))
          .json("tokenizer_config.json", config -> config.addProperty("padding_side", "left"));
    }
    assertNamed(copies.resolve("pylate"), "padding_side is left");
    ColBert.load(copies.resolve("pylate-no-expansion")).close();
  }

  @Test
  void foldersThatDoNotFitAreNamed(@TempDir Path copy) throws IOException {
    Path embedder = Golden.folders("sentence-transformers", "1_Pooling").getFirst();
    assertNamed(embedder, "TextEmbedder");
    Path folder = TOP.resolve("pylate");
    Files.createDirectory(copy.resolve("1_Dense"));
    for (String file :
        List.of(
            "config.json",
            "tokenizer.json",
            "model.safetensors",
            "modules.json",
            "1_Dense/config.json",
            "1_Dense/model.safetensors")) {
      Files.copy(folder.resolve(file), copy.resolve(file));
    }
    Path config = copy.resolve("config_sentence_transformers.json");
    String text = Files.readString(folder.resolve(config.getFileName()));
    Files.writeString(config, text.replace("\"ColBERT\"", "\"CrossEncoder\""));
    assertNamed(copy, "model_type: expected ColBERT or MultiVectorEncoder");
    Files.writeString(config, text.replace("\"query_length\": 16", "\"query_length\": 0"));
    assertNamed(copy, "query_length: expected an integer from 1");
    Files.writeString(config, "{\"query_expansion\": {\"strategy\": \"max\", \"length\": 9}}");
    assertNamed(copy, "query_expansion.strategy: expected fixed or min");
    Files.writeString(
        config, "{\"query_expansion\": {\"strategy\": \"min\", \"length\": 9, \"token\": \"?!\"}}");
    assertNamed(copy, "the token '?!' is not in the vocabulary");
    Files.writeString(config, "{\"query_prefix\": \"ing bread\"}");
    try (var model = ColBert.load(copy)) {
      assertEquals("in", model.encodeQuery("x").token(1).substring(0, 2), "text, not a token");
    }
    Files.writeString(config, text);
    Files.writeString(
        copy.resolve("1_Dense/config.json"), "{\"in_features\": 4, \"out_features\": 8}");
    assertNamed(copy, "takes vectors of 4, the module before it gives 16");
    var e = assertThrows(ModelFileException.class, () -> TextEmbedder.load(folder));
    assertTrue(String.valueOf(e.getMessage()).contains("use ColBert"), e.getMessage());
  }

  @Test
  void modelsFindsTheClass() {
    for (Path folder : Golden.folders(TOP, "cases.json", "config.json")) {
      try (TaskModel model = Models.load(folder)) {
        assertInstanceOf(ColBert.class, model);
        String steps = model.info().steps();
        assertTrue(steps.startsWith("8 dimensions a token; query: "), steps);
      }
    }
  }

  private static void assertNamed(Path folder, String part) {
    var e = assertThrows(ModelFileException.class, () -> ColBert.load(folder).close());
    assertTrue(String.valueOf(e.getMessage()).contains(part), e.getMessage());
  }
}
