package io.github.modernbert.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.modernbert.ColBert;
import io.github.modernbert.CrossEncoder;
import io.github.modernbert.TextPair;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reranking, as Cohere and Jina have it. */
final class RerankTest {
  private static final List<String> DOCUMENTS = List.of("rain", "bread is sold here", "bakery");
  private static final String BODY =
      """
      {"model": "%s", "query": "where is bread?", "documents": ["rain", "bread is sold here",
      {"text": "bakery", "title": "t"}], %s}
      """;
  private static final TestServer SERVER = TestServer.shared();

  private static JsonObject rerank(String path, String model, String members) {
    return SERVER.post(path, BODY.formatted(model, members)).ok().object();
  }

  @Test
  void resultsOfCohere() {
    try (CrossEncoder encoder = CrossEncoder.load(TestServer.extra("tasks/text-one-label"))) {
      var expected = encoder.rank("where is bread?", DOCUMENTS);
      JsonObject answer =
          rerank("/v1/rerank", "reranker", "\"top_n\": 2, \"return_documents\": true");
      JsonArray results = answer.getAsJsonArray("results");
      assertEquals(2, results.size());
      for (int i = 0; i < 2; i++) {
        JsonObject result = results.get(i).getAsJsonObject();
        assertEquals(expected.get(i).index(), result.get("index").getAsInt());
        assertEquals(
            expected.get(i).score(), Float.parseFloat(result.get("relevance_score").getAsString()));
        assertEquals(
            expected.get(i).text(), result.getAsJsonObject("document").get("text").getAsString());
      }
      assertEquals("reranker", answer.get("model").getAsString());
      assertTrue(answer.getAsJsonObject("usage").get("total_tokens").getAsInt() > 0);
    }
  }

  @Test
  void versionTwoAndTheShortPath() {
    JsonObject two = rerank("/v2/rerank", "reranker", "\"top_n\": null");
    assertEquals(3, two.getAsJsonArray("results").size());
    assertFalse(two.getAsJsonArray("results").get(0).getAsJsonObject().has("document"));
    assertEquals(
        "2",
        two.getAsJsonObject("meta").getAsJsonObject("api_version").get("version").getAsString());
    assertEquals(
        two.getAsJsonArray("results"),
        rerank("/rerank", "reranker", "\"top_n\": 3").getAsJsonArray("results"));
  }

  @Test
  void documentsAreCutAfterSoManyTokens() {
    try (CrossEncoder encoder = CrossEncoder.load(TestServer.extra("tasks/text-one-label"))) {
      String document = "bread is sold around the corner";
      JsonObject answer =
          SERVER
              .post(
                  "/v2/rerank",
                  "{\"query\": \"a\", \"documents\": [\"%s\"], \"max_tokens_per_doc\": 3}"
                      .formatted(document))
              .ok()
              .object();
      var encoding = encoder.tokenizer().encode(document);
      String cut = document.substring(0, encoding.end(3));
      assertEquals(
          encoder.predict(new TextPair("a", cut)).value(),
          Float.parseFloat(
              answer
                  .getAsJsonArray("results")
                  .get(0)
                  .getAsJsonObject()
                  .get("relevance_score")
                  .getAsString()));
    }
  }

  @Test
  void colBertRanksToo() {
    try (ColBert colBert = ColBert.load(TestServer.extra("multi-vector/pylate"))) {
      var expected = colBert.rank("where is bread?", DOCUMENTS, 3);
      JsonArray results = rerank("/v1/rerank", "colbert", "\"top_n\": 3").getAsJsonArray("results");
      for (int i = 0; i < 3; i++) {
        JsonObject result = results.get(i).getAsJsonObject();
        assertEquals(expected.get(i).index(), result.get("index").getAsInt());
        assertEquals(
            expected.get(i).score(), Float.parseFloat(result.get("relevance_score").getAsString()));
      }
    }
  }

  @Test
  void errorsAreThoseOfCohere() {
    var answer = SERVER.post("/v2/rerank", "{\"query\": \"a\", \"documents\": []}");
    assertEquals(400, answer.status());
    assertEquals("`documents` cannot be empty", answer.object().get("message").getAsString());
  }

  @Test
  void modelsWithSeveralLabelsAreNoRerankers() {
    try (TestServer server =
        TestServer.start(
            "--model=" + TestServer.extra("tasks/text-single") + "=many",
            "--task=many=text-ranking")) {
      var answer = server.post("/rerank", "{\"query\": \"a\", \"texts\": [\"b\"]}");
      assertEquals(424, answer.status());
      assertTrue(
          answer.object().get("error").getAsString().startsWith("model many is not a re-ranker"),
          answer.body());
    }
  }
}
