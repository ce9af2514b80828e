package io.github.modernbert.server;

import static io.github.modernbert.server.TestServer.floats;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.modernbert.CrossEncoder;
import io.github.modernbert.EmbedOptions;
import io.github.modernbert.Embeddings;
import io.github.modernbert.Similarity;
import io.github.modernbert.SparseEmbedding;
import io.github.modernbert.SparseEncoder;
import io.github.modernbert.TextClassifier;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.TextPair;
import io.github.modernbert.TokenEmbeddings;
import io.github.modernbert.server.TestServer.Answer;
import io.github.modernbert.tokenizer.Direction;
import io.github.modernbert.tokenizer.EncodeOptions;
import io.github.modernbert.tokenizer.Truncation;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The API of text-embeddings-inference: its members and defaults, with the bits of the library. */
final class TeiTest {
  private static final EmbedOptions UNIT = EmbedOptions.defaults().normalize(true);
  private static final TestServer SERVER = TestServer.shared();

  private static TextEmbedder embedder;

  @BeforeAll
  static void load() {
    embedder = TextEmbedder.load(TestServer.mini());
  }

  @AfterAll
  static void close() {
    embedder.close();
  }

  @Test
  void embedHasTheBitsOfTheLibrary() {
    List<String> texts = List.of("Where is the bakery?", "Bread 🍞 is sold \"there\".", "a\n\tb");
    Embeddings expected = embedder.embed(texts, UNIT);
    JsonArray vectors =
        SERVER
            .post(
                "/embed",
                """
                {"inputs": ["Where is the bakery?", "Bread \\ud83c\\udf5e is sold \\"there\\".",
                "a\\n\\tb"]}
                """)
            .ok()
            .array();
    assertEquals(3, vectors.size());
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(expected.vector(i), floats(vectors.get(i)));
    }
  }

  @Test
  void oneTextGivesAListOfOneVector() {
    JsonArray vectors = SERVER.post("/embed", "{\"inputs\": \"bread\"}").ok().array();
    assertEquals(1, vectors.size());
    assertArrayEquals(embedder.embed("bread", UNIT), floats(vectors.get(0)));
  }

  @Test
  void membersOfEmbed() {
    Answer raw = SERVER.post("/embed", "{\"inputs\": \"bread\", \"normalize\": false}");
    assertArrayEquals(embedder.embed("bread"), floats(raw.ok().array().get(0)));
    Answer short8 = SERVER.post("/embed", "{\"inputs\": \"bread\", \"dimensions\": 8}");
    assertArrayEquals(
        embedder.embed("bread", UNIT.dimensions(8)), floats(short8.ok().array().get(0)));
    Answer prompted =
        SERVER.post(
            "/embed",
            """
            {"inputs": "bread", "prompt_name": "query", "truncate": null, "dimensions": null,
            "truncation_direction": "Left", "something_else": {"a": [1, 2]}}
            """);
    assertArrayEquals(
        embedder.embed("bread", UNIT.prompt("query")), floats(prompted.ok().array().get(0)));
  }

  @Test
  void tokenIdsAreTakenAsTheyAre() {
    int[] ids = embedder.tokenizer().encode("bread", EncodeOptions.plain()).ids();
    String list = Arrays.toString(ids);
    float[] expected = embedder.embed("bread", UNIT);
    JsonArray single = SERVER.post("/embed", "{\"inputs\": " + list + "}").ok().array();
    assertArrayEquals(expected, floats(single.get(0)));
    JsonArray mixed =
        SERVER.post("/embed", "{\"inputs\": [" + list + ", \"rain\", " + list + "]}").ok().array();
    assertArrayEquals(expected, floats(mixed.get(0)));
    assertArrayEquals(embedder.embed("rain", UNIT), floats(mixed.get(1)));
    assertArrayEquals(expected, floats(mixed.get(2)));
  }

  @Test
  void headersSayWhatItTook() {
    Answer answer = SERVER.post("/embed", "{\"inputs\": [\"bread\", \"rain\"]}").ok();
    assertEquals("cpu", answer.header("x-compute-type").orElseThrow());
    assertEquals("9", answer.header("x-compute-characters").orElseThrow());
    int tokens =
        embedder.tokenizer().count("bread", true) + embedder.tokenizer().count("rain", true);
    assertEquals(Integer.toString(tokens), answer.header("x-compute-tokens").orElseThrow());
    for (String name :
        List.of(
            "x-compute-time",
            "x-total-time",
            "x-tokenization-time",
            "x-queue-time",
            "x-inference-time")) {
      assertTrue(answer.header(name).orElseThrow().matches("\\d+"), name);
    }
    assertTrue(answer.header("x-request-id").orElseThrow().matches("[0-9a-f]{16}"));
    assertEquals(
        "mine-7",
        SERVER
            .post("/embed", "{\"inputs\": \"a\"}", "x-request-id", "mine-7")
            .header("x-request-id")
            .orElseThrow());
  }

  @Test
  void longTextsAreRefusedUnlessTheyMayBeCut() {
    String text = "bread ".repeat(9000);
    Answer refused = SERVER.post("/embed", "{\"inputs\": [\"a\", \"" + text + "\"]}");
    assertEquals(422, refused.status());
    assertEquals("Validation", refused.object().get("error_type").getAsString());
    String message = refused.object().get("error").getAsString();
    assertTrue(message.matches("texts\\[1\\]: \\d+ tokens, at most 8192 are taken"), message);
    Answer cut = SERVER.post("/embed", "{\"truncate\": true, \"inputs\": \"" + text + "\"}").ok();
    assertArrayEquals(embedder.embed(text, UNIT), floats(cut.array().get(0)));
    assertEquals("1", cut.header("x-truncated-inputs").orElseThrow());
    assertEquals("8192", cut.header("x-compute-tokens").orElseThrow());
  }

  @Test
  void textsAreCutAtEitherEnd() {
    String text = "bread " + "and ".repeat(9000) + "rain";
    int[] left =
        embedder
            .tokenizer()
            .encode(
                text,
                EncodeOptions.plain()
                    .withTruncation(
                        new Truncation(
                            embedder.maxLength(),
                            0,
                            Truncation.Strategy.LONGEST_FIRST,
                            Direction.LEFT)))
            .ids();
    String body = "{\"truncate\": true, \"truncation_direction\": \"%s\", \"inputs\": \"%s\"}";
    float[] cut = floats(SERVER.post("/embed", body.formatted("Left", text)).ok().array().get(0));
    assertArrayEquals(embedder.embedTokenIds(List.of(left), UNIT).vector(0), cut);
    assertFalse(
        Arrays.equals(
            cut, floats(SERVER.post("/embed", body.formatted("right", text)).ok().array().get(0))));
  }

  @Test
  void embedAllHasAVectorForEachToken() {
    JsonArray texts =
        SERVER.post("/embed_all", "{\"inputs\": [\"bread and rain\", \"a\"]}").ok().array();
    TokenEmbeddings expected = embedder.embedTokens("bread and rain");
    JsonArray tokens = texts.get(0).getAsJsonArray();
    assertEquals(expected.size(), tokens.size());
    for (int i = 0; i < tokens.size(); i++) {
      assertArrayEquals(expected.vector(i), floats(tokens.get(i)));
    }
    assertEquals(embedder.embedTokens("a").size(), texts.get(1).getAsJsonArray().size());
  }

  @Test
  void embedAllAndEmbedSparseTakeTokenIds() {
    for (String path : List.of("/embed_all", "/embed_sparse")) {
      String tokens =
          SERVER
              .post(
                  "/tokenize",
                  "{\"inputs\": \"bread and rain\", \"model\": \"%s\"}"
                      .formatted(path.equals("/embed_all") ? "mini" : "sparse"))
              .ok()
              .body();
      String ids = ids(tokens);
      JsonArray expected =
          SERVER.post(path, "{\"inputs\": [\"bread and rain\", \"a\"]}").ok().array();
      assertEquals(
          expected, SERVER.post(path, "{\"inputs\": [" + ids + ", \"a\"]}").ok().array(), path);
      assertEquals(
          expected.get(0), SERVER.post(path, "{\"inputs\": " + ids + "}").ok().array().get(0));
    }
  }

  /** The ids of the first of some tokenised texts, as JSON. */
  private static String ids(String tokens) {
    return JsonParser.parseString(tokens).getAsJsonArray().get(0).getAsJsonArray().asList().stream()
        .map(token -> token.getAsJsonObject().get("id").getAsString())
        .collect(Collectors.joining(", ", "[", "]"));
  }

  @Test
  void tokenIdsAreCutWhereTextsAre() {
    String ids = "[" + "5, ".repeat(9000) + "5]";
    for (String path : List.of("/embed", "/embed_all")) {
      Answer refused = SERVER.post(path, "{\"inputs\": [" + ids + "]}");
      assertEquals(422, refused.status());
      assertEquals(
          "9001 tokens, at most 8192 are taken", refused.object().get("error").getAsString());
    }
    Answer cut = SERVER.post("/embed", "{\"truncate\": true, \"inputs\": [" + ids + "]}").ok();
    assertEquals("1", cut.header("x-truncated-inputs").orElseThrow());
    assertEquals("8192", cut.header("x-compute-tokens").orElseThrow());
  }

  @Test
  void embedSparseHasAscendingIndices() {
    try (SparseEncoder encoder = SparseEncoder.load(TestServer.extra("sparse/sum-log1p"))) {
      SparseEmbedding expected = encoder.encode("bread and rain");
      JsonArray weights =
          SERVER
              .post("/embed_sparse", "{\"inputs\": \"bread and rain\"}")
              .ok()
              .array()
              .get(0)
              .getAsJsonArray();
      assertEquals(expected.size(), weights.size());
      assertTrue(expected.size() > 0);
      for (int i = 0; i < weights.size(); i++) {
        JsonObject weight = weights.get(i).getAsJsonObject();
        assertEquals(expected.ids()[i], weight.get("index").getAsInt());
        assertEquals(expected.values()[i], Float.parseFloat(weight.get("value").getAsString()));
      }
    }
  }

  @Test
  void similarityIsTheCosine() {
    JsonArray scores =
        SERVER
            .post(
                "/similarity",
                """
                {"inputs": {"source_sentence": "a cat", "sentences": ["a kitten", "a bank"]},
                "parameters": {"truncate": true, "prompt_name": null}}
                """)
            .ok()
            .array();
    Embeddings vectors = embedder.embed(List.of("a cat", "a kitten", "a bank"));
    for (int i = 0; i < 2; i++) {
      assertEquals(
          Similarity.cosine(vectors.vector(0), vectors.vector(i + 1)),
          Float.parseFloat(scores.get(i).getAsString()));
    }
  }

  @Test
  void predictTakesTextsAndPairs() {
    try (TextClassifier classifier = TextClassifier.load(TestServer.extra("tasks/text-single"))) {
      JsonArray single =
          SERVER
              .post("/predict", "{\"inputs\": \"bread\", \"model\": \"classifier\"}")
              .ok()
              .array();
      var expected = classifier.classify("bread").labels();
      assertEquals(expected.size(), single.size());
      for (int i = 0; i < single.size(); i++) {
        JsonObject label = single.get(i).getAsJsonObject();
        assertEquals(expected.get(i).label(), label.get("label").getAsString());
        assertEquals(expected.get(i).score(), Float.parseFloat(label.get("score").getAsString()));
      }
      JsonArray batch =
          SERVER
              .post(
                  "/predict",
                  """
                  {"model": "classifier", "inputs": [["bread", "rain"], ["bread"]]}
                  """)
              .ok()
              .array();
      var pair = classifier.classifyPairs(List.of(new TextPair("bread", "rain"))).getFirst();
      assertEquals(
          pair.best().label(),
          batch.get(0).getAsJsonArray().get(0).getAsJsonObject().get("label").getAsString());
      assertEquals(single, batch.get(1));
      JsonArray pairAlone =
          SERVER
              .post("/predict", "{\"model\": \"classifier\", \"inputs\": [\"bread\", \"rain\"]}")
              .ok()
              .array();
      assertEquals(batch.get(0), pairAlone);
      JsonArray raw =
          SERVER
              .post(
                  "/predict",
                  "{\"model\": \"classifier\", \"inputs\": \"bread\", \"raw_scores\": true}")
              .ok()
              .array();
      assertFalse(raw.equals(single));
    }
  }

  @Test
  void rerankSortsByScore() {
    List<String> texts = List.of("rain", "bread is sold here", "the bakery");
    try (CrossEncoder encoder = CrossEncoder.load(TestServer.extra("tasks/text-one-label"))) {
      var expected = encoder.rank("bakery", texts);
      JsonArray ranks =
          SERVER
              .post(
                  "/rerank",
                  """
                  {"query": "bakery", "texts": ["rain", "bread is sold here", "the bakery"],
                  "return_text": true}
                  """)
              .ok()
              .array();
      for (int i = 0; i < 3; i++) {
        JsonObject rank = ranks.get(i).getAsJsonObject();
        assertEquals(expected.get(i).index(), rank.get("index").getAsInt());
        assertEquals(expected.get(i).score(), Float.parseFloat(rank.get("score").getAsString()));
        assertEquals(expected.get(i).text(), rank.get("text").getAsString());
      }
      JsonObject plain =
          SERVER
              .post("/rerank", "{\"query\": \"a\", \"texts\": [\"b\"]}")
              .ok()
              .array()
              .get(0)
              .getAsJsonObject();
      assertEquals(List.of("index", "score"), List.copyOf(plain.keySet()));
    }
  }

  @Test
  void tokenizeCountsBytes() {
    JsonArray tokens =
        SERVER
            .post("/tokenize", "{\"inputs\": [\"h\u00e9llo w\u00f6rld\"]}")
            .ok()
            .array()
            .get(0)
            .getAsJsonArray();
    JsonObject first = tokens.get(0).getAsJsonObject();
    assertEquals("[CLS]", first.get("text").getAsString());
    assertTrue(first.get("special").getAsBoolean());
    assertTrue(first.get("start").isJsonNull());
    byte[] bytes = "h\u00e9llo w\u00f6rld".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    int end = 0;
    for (int i = 1; i < tokens.size() - 1; i++) {
      JsonObject token = tokens.get(i).getAsJsonObject();
      int start = token.get("start").getAsInt();
      int stop = token.get("stop").getAsInt();
      assertEquals(
          token.get("text").getAsString(),
          new String(bytes, start, stop - start, java.nio.charset.StandardCharsets.UTF_8));
      end = stop;
    }
    assertEquals(bytes.length, end);
    int plain =
        SERVER
            .post(
                "/tokenize",
                "{\"inputs\": \"h\u00e9llo w\u00f6rld\", \"add_special_tokens\": false}")
            .ok()
            .array()
            .get(0)
            .getAsJsonArray()
            .size();
    assertEquals(tokens.size() - 2, plain);
  }

  @Test
  void decodeIsTheWayBack() {
    int[] ids = embedder.tokenizer().encode("bread and rain", EncodeOptions.plain()).ids();
    String list = Arrays.toString(ids);
    assertEquals(
        "[\"bread and rain\"]", SERVER.post("/decode", "{\"ids\": " + list + "}").ok().body());
    JsonArray two =
        SERVER
            .post(
                "/decode",
                "{\"ids\": [" + list + ", " + list + "], \"skip_special_tokens\": false}")
            .ok()
            .array();
    assertEquals(embedder.tokenizer().decode(ids, false), two.get(1).getAsString());
  }

  @Test
  void infoHasTheMembersOfBoth() {
    JsonObject info = SERVER.get("/info").ok().object();
    assertEquals("mini", info.get("served_model_name").getAsString());
    assertEquals(
        "mean",
        info.getAsJsonObject("model_type")
            .getAsJsonObject("embedding")
            .get("pooling")
            .getAsString());
    assertEquals(512, info.get("max_concurrent_requests").getAsInt());
    assertEquals(2048, info.get("max_client_batch_size").getAsInt());
    assertEquals(8192, info.get("max_input_length").getAsInt());
    assertFalse(info.get("auto_truncate").getAsBoolean());
    assertEquals(9, info.getAsJsonArray("models").size());
    JsonObject reranker =
        SERVER.get("/info?model=reranker").ok().object().getAsJsonObject("model_type");
    assertTrue(reranker.getAsJsonObject("reranker").has("id2label"));
  }

  @Test
  void theRootIsForTheModelsTask() {
    assertEquals(
        SERVER.post("/embed", "{\"inputs\": \"bread\"}").ok().body(),
        SERVER.post("/", "{\"inputs\": \"bread\"}").ok().body());
    String similarity =
        "{\"inputs\": {\"source_sentence\": \"a cat\", \"sentences\": [\"a kitten\"]}}";
    assertEquals(
        SERVER.post("/similarity", similarity).ok().body(),
        SERVER.post("/invocations", similarity).ok().body());
  }

  @Test
  void probes() {
    for (String path : List.of("/health", "/ping", "/live", "/")) {
      assertEquals("", SERVER.get(path).ok().body(), path);
    }
  }

  @Test
  void manyTextsInOneRequest() {
    String list =
        String.join(",", IntStream.range(0, 2048).mapToObj(i -> "\"t" + i + "\"").toList());
    assertEquals(
        2048,
        SERVER
            .post("/embed", "{\"inputs\": [" + list + "], \"dimensions\": 4}")
            .ok()
            .array()
            .size());
    Answer tooMany = SERVER.post("/embed", "{\"inputs\": [" + list + ", \"one more\"]}");
    assertEquals(422, tooMany.status());
    assertEquals(
        "batch size 2049 > maximum allowed batch size 2048",
        tooMany.object().get("error").getAsString());
  }
}
