package io.github.modernbert.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.NotFoundException;
import com.openai.errors.UnprocessableEntityException;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import io.github.modernbert.EmbedOptions;
import io.github.modernbert.TextEmbedder;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.ai.openai.OpenAiEmbeddingOptions;

/** Clients that people have work with the server, and get the vectors of the library. */
final class ClientsTest {
  private static final List<String> TEXTS = List.of("Where is the bakery?", "Bread 🍞");
  private static final EmbedOptions UNIT = EmbedOptions.defaults().normalize(true);

  private static TestServer server;
  private static TextEmbedder embedder;

  @BeforeAll
  static void start() {
    server = TestServer.start("--api-key=secret");
    embedder = TextEmbedder.bundled();
  }

  @AfterAll
  static void close() {
    server.close();
    embedder.close();
  }

  private static String baseUrl() {
    return server.at("/v1").toString();
  }

  private static OpenAIClient openAi() {
    return OpenAIOkHttpClient.builder().baseUrl(baseUrl()).apiKey("secret").maxRetries(0).build();
  }

  private static void assertVectors(List<float[]> vectors) {
    assertEquals(TEXTS.size(), vectors.size());
    for (int i = 0; i < vectors.size(); i++) {
      assertArrayEquals(embedder.embed(TEXTS.get(i), UNIT), vectors.get(i));
    }
  }

  @Test
  void openAiJava() {
    OpenAIClient client = openAi();
    CreateEmbeddingResponse response =
        client
            .embeddings()
            .create(
                EmbeddingCreateParams.builder()
                    .model("modernbert-mini")
                    .inputOfArrayOfStrings(TEXTS)
                    .encodingFormat(EmbeddingCreateParams.EncodingFormat.FLOAT)
                    .build());
    assertVectors(
        response.data().stream().map(embedding -> floats(embedding.embedding())).toList());
    assertTrue(response.usage().promptTokens() > 0);
    assertEquals("modernbert-mini", client.models().list().data().getFirst().id());
    assertThrows(NotFoundException.class, () -> client.models().retrieve("nix"));
    var wrong =
        EmbeddingCreateParams.builder()
            .model("modernbert-mini")
            .input("a")
            .dimensions(100_000)
            .build();
    UnprocessableEntityException e =
        assertThrows(UnprocessableEntityException.class, () -> client.embeddings().create(wrong));
    assertTrue(
        String.valueOf(e.getMessage()).contains("the model's vectors have 384"), e.getMessage());
  }

  private static float[] floats(List<Float> list) {
    var floats = new float[list.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = list.get(i);
    }
    return floats;
  }

  @Test
  void langChain4j() {
    OpenAiEmbeddingModel model =
        OpenAiEmbeddingModel.builder()
            .baseUrl(baseUrl())
            .apiKey("secret")
            .modelName("modernbert-mini")
            .build();
    var response = model.embedAll(TEXTS.stream().map(TextSegment::from).toList());
    assertVectors(response.content().stream().map(e -> e.vector()).toList());
    assertTrue(Objects.requireNonNull(response.tokenUsage()).inputTokenCount() > 0);
    assertEquals(384, model.dimension());
  }

  @Test
  void springAi() {
    var model =
        org.springframework.ai.openai.OpenAiEmbeddingModel.builder()
            .openAiClient(openAi())
            .options(OpenAiEmbeddingOptions.builder().model("modernbert-mini").build())
            .build();
    assertVectors(model.embed(TEXTS));
    assertEquals(384, model.dimensions());
  }
}
