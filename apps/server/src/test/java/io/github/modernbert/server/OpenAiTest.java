package io.github.modernbert.server;

import static io.github.modernbert.server.TestServer.floats;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.modernbert.EmbedOptions;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.server.TestServer.Answer;
import io.github.modernbert.testdata.Base64Floats;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The embeddings API of OpenAI. */
final class OpenAiTest {
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
  void floatsAndBase64HaveTheBitsOfTheLibrary() {
    JsonObject answer =
        SERVER
            .post("/v1/embeddings", "{\"model\": \"mini\", \"input\": [\"bread\", \"rain\"]}")
            .ok()
            .object();
    assertEquals("list", answer.get("object").getAsString());
    assertEquals("mini", answer.get("model").getAsString());
    JsonArray data = answer.getAsJsonArray("data");
    JsonArray packed =
        SERVER
            .post(
                "/embeddings",
                "{\"input\": [\"bread\", \"rain\"], \"encoding_format\": \"base64\","
                    + " \"user\": \"u\"}")
            .ok()
            .object()
            .getAsJsonArray("data");
    List<String> texts = List.of("bread", "rain");
    for (int i = 0; i < 2; i++) {
      float[] expected = embedder.embed(texts.get(i), UNIT);
      JsonObject item = data.get(i).getAsJsonObject();
      assertEquals("embedding", item.get("object").getAsString());
      assertEquals(i, item.get("index").getAsInt());
      assertArrayEquals(expected, floats(item.get("embedding")));
      assertArrayEquals(
          expected,
          Base64Floats.decode(packed.get(i).getAsJsonObject().get("embedding").getAsString()));
    }
    JsonObject usage = answer.getAsJsonObject("usage");
    int tokens =
        embedder.tokenizer().count("bread", true) + embedder.tokenizer().count("rain", true);
    assertEquals(tokens, usage.get("prompt_tokens").getAsInt());
    assertEquals(tokens, usage.get("total_tokens").getAsInt());
  }

  @Test
  void dimensionsKeepLengthOne() {
    float[] vector =
        floats(
            SERVER
                .post("/v1/embeddings", "{\"input\": \"bread\", \"dimensions\": 32}")
                .ok()
                .object()
                .getAsJsonArray("data")
                .get(0)
                .getAsJsonObject()
                .get("embedding"));
    assertArrayEquals(embedder.embed("bread", UNIT.dimensions(32)), vector);
  }

  @Test
  void listsOfIds() {
    int[] ids = embedder.tokenizer().encode("bread").ids();
    String list = Arrays.toString(ids);
    JsonObject answer =
        SERVER.post("/v1/embeddings", "{\"input\": [" + list + "," + list + "]}").ok().object();
    assertEquals(2, answer.getAsJsonArray("data").size());
    assertEquals(2 * ids.length, answer.getAsJsonObject("usage").get("prompt_tokens").getAsInt());
  }

  @Test
  void foreignTokenIdsCanBeRefused() {
    try (TestServer server = TestServer.start("--refuse-token-ids")) {
      Answer refused = server.post("/v1/embeddings", "{\"input\": [[1, 2]]}");
      assertEquals(422, refused.status());
      assertTrue(
          refused
              .object()
              .get("message")
              .getAsString()
              .contains("check_embedding_ctx_length=False"),
          refused.body());
      server.post("/v1/embeddings", "{\"input\": \"a\"}").ok();
    }
  }

  @Test
  void modelsAreListed() {
    JsonObject models = SERVER.get("/v1/models").ok().object();
    assertEquals("list", models.get("object").getAsString());
    assertEquals(9, models.getAsJsonArray("data").size());
    JsonObject mini = SERVER.get("/v1/models/mini").ok().object();
    assertEquals("mini", mini.get("id").getAsString());
    assertEquals("model", mini.get("object").getAsString());
    assertTrue(mini.get("created").getAsLong() > 0);
  }

  @Test
  void anyNameIsTheOnlyModelThatCanDoIt() {
    assertEquals(
        "mini",
        SERVER
            .post("/v1/embeddings", "{\"input\": \"a\", \"model\": \"text-embedding-3-small\"}")
            .ok()
            .object()
            .get("model")
            .getAsString());
  }
}
