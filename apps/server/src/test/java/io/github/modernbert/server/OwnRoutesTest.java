package io.github.modernbert.server;

import static io.github.modernbert.server.TestServer.floats;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.modernbert.ColBert;
import io.github.modernbert.ColBertOptions;
import io.github.modernbert.FillMask;
import io.github.modernbert.LabelScore;
import io.github.modernbert.QuestionAnswerer;
import io.github.modernbert.TextClassifier;
import io.github.modernbert.TokenClassifier;
import io.github.modernbert.TokenEmbeddings;
import io.github.modernbert.ZeroShotClassifier;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The routes that other servers do not have, with the results of the library. */
final class OwnRoutesTest {
  private static final TestServer SERVER = TestServer.shared();

  private static JsonObject first(String path, String body) {
    JsonObject answer = SERVER.post(path, body).ok().object();
    assertTrue(answer.getAsJsonObject("usage").get("total_tokens").getAsInt() > 0);
    return answer.getAsJsonArray("results").get(0).getAsJsonObject();
  }

  private static void assertLabels(List<LabelScore> expected, JsonArray labels) {
    assertEquals(expected.size(), labels.size());
    for (int i = 0; i < labels.size(); i++) {
      JsonObject label = labels.get(i).getAsJsonObject();
      assertEquals(expected.get(i).label(), label.get("label").getAsString());
      assertEquals(expected.get(i).score(), Float.parseFloat(label.get("score").getAsString()));
    }
  }

  @Test
  void classify() {
    try (TextClassifier model = TextClassifier.load(TestServer.extra("tasks/text-single"))) {
      JsonObject result =
          first(
              "/v1/classify", "{\"model\": \"classifier\", \"input\": [\"bread\"], \"top_k\": 2}");
      assertLabels(model.classify("bread").labels().subList(0, 2), result.getAsJsonArray("labels"));
    }
  }

  @Test
  void zeroShot() {
    try (ZeroShotClassifier model =
        ZeroShotClassifier.load(TestServer.extra("tasks/text-entailment-first"))) {
      JsonObject result =
          first("/v1/zero-shot", "{\"input\": \"bread\", \"labels\": [\"food\", \"weather\"]}");
      assertLabels(
          model.classify("bread", List.of("food", "weather")).labels(),
          result.getAsJsonArray("labels"));
    }
  }

  @Test
  void entities() {
    String text = "\ud83c\udf5e Anna lives in Berlin and Paul in Rome";
    try (TokenClassifier model = TokenClassifier.load(TestServer.extra("tasks/entities"))) {
      var expected = model.classify(text).entities();
      JsonArray entities =
          first("/v1/entities", "{\"input\": \"" + text + "\"}").getAsJsonArray("entities");
      assertEquals(expected.size(), entities.size());
      assertTrue(expected.size() > 0, "the model finds nothing in this text");
      for (int i = 0; i < entities.size(); i++) {
        JsonObject entity = entities.get(i).getAsJsonObject();
        assertEquals(expected.get(i).label(), entity.get("label").getAsString());
        assertEquals(expected.get(i).text(), entity.get("text").getAsString());
        int start = text.offsetByCodePoints(0, entity.get("start").getAsInt());
        assertEquals(expected.get(i).start(), start);
        int end = text.offsetByCodePoints(0, entity.get("end").getAsInt());
        assertEquals(expected.get(i).end(), end);
      }
      assertEquals(
          SERVER.post("/v1/entities", "{\"input\": \"bread\"}").body(),
          SERVER.post("/entities", "{\"input\": \"bread\"}").body());
    }
  }

  @Test
  void fillMask() {
    try (FillMask model = FillMask.load(TestServer.extra("fill-mask/tied"))) {
      String text = "bread is " + model.maskToken();
      var filled = model.fill(text).getFirst();
      var expected = filled.predictions();
      JsonObject mask =
          first("/v1/fill-mask", "{\"input\": \"" + text + "\", \"top_k\": 5}")
              .getAsJsonArray("masks")
              .get(0)
              .getAsJsonObject();
      assertEquals(filled.start(), mask.get("start").getAsInt());
      assertEquals(text.length(), mask.get("end").getAsInt());
      JsonArray predictions = mask.getAsJsonArray("predictions");
      assertEquals(5, predictions.size());
      for (int i = 0; i < 5; i++) {
        JsonObject prediction = predictions.get(i).getAsJsonObject();
        assertEquals(expected.get(i).id(), prediction.get("token_id").getAsInt());
        assertEquals(
            expected.get(i).score(), Float.parseFloat(prediction.get("score").getAsString()));
        assertEquals(expected.get(i).sequence(), prediction.get("sequence").getAsString());
      }
    }
  }

  @Test
  void answer() {
    try (QuestionAnswerer model = QuestionAnswerer.load(TestServer.extra("tasks/question"))) {
      String context = "The bakery is around the corner.";
      var expected = model.answer("Where?", context).getFirst();
      JsonObject result =
          first("/v1/answer", "{\"question\": \"Where?\", \"context\": \"" + context + "\"}");
      assertEquals(expected.text(), result.get("answer").getAsString());
      assertEquals(expected.score(), Float.parseFloat(result.get("score").getAsString()));
      assertEquals(expected.start(), result.get("start").getAsInt());
    }
  }

  @Test
  void colbert() {
    try (ColBert model = ColBert.load(TestServer.extra("multi-vector/pylate"))) {
      TokenEmbeddings query =
          model.encodeQueries(List.of("bread"), ColBertOptions.defaults()).getFirst();
      JsonObject result = first("/v1/colbert", "{\"input\": \"bread\", \"input_type\": \"query\"}");
      JsonArray vectors = result.getAsJsonArray("vectors");
      assertEquals(query.size(), vectors.size());
      for (int i = 0; i < vectors.size(); i++) {
        assertArrayEquals(query.vector(i), floats(vectors.get(i)));
        assertEquals(query.token(i), result.getAsJsonArray("tokens").get(i).getAsString());
      }
      assertEquals(
          model.encodeDocument("bread").size(),
          first("/colbert", "{\"input\": \"bread\"}").getAsJsonArray("vectors").size());
    }
  }
}
