package io.github.modernbert.springai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.modernbert.TextEmbedder;
import io.github.modernbert.testdata.Golden;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.observation.DefaultEmbeddingModelObservationConvention;
import org.springframework.ai.embedding.observation.EmbeddingModelMeterObservationHandler;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationContext;

/** Requests are observed with the names that Spring AI's own models use. */
final class ObservationTest {
  private final TestObservationRegistry registry = TestObservationRegistry.create();
  private final TextEmbedder embedder =
      TextEmbedder.load(Golden.root().resolve("sentence-transformers/prompts-default"));

  private ModernBertEmbeddingModel.Builder builder() {
    return ModernBertEmbeddingModel.builder(embedder)
        .modelName("golden")
        .observationRegistry(registry);
  }

  @Test
  void requestsAreObserved() {
    try (embedder) {
      var options = EmbeddingOptions.builder().dimensions(5).build();
      int tokens =
          builder()
              .build()
              .call(new EmbeddingRequest(List.of("matrix", "weight"), options))
              .getMetadata()
              .getUsage()
              .getPromptTokens();
      TestObservationRegistryAssert.assertThat(registry)
          .hasNumberOfObservationsEqualTo(1)
          .hasObservationWithNameEqualTo("gen_ai.client.operation")
          .that()
          .hasContextualNameEqualTo("embedding golden")
          .hasLowCardinalityKeyValue("gen_ai.operation.name", "embedding")
          .hasLowCardinalityKeyValue("gen_ai.system", "modernbert")
          .hasLowCardinalityKeyValue("gen_ai.request.model", "golden")
          .hasLowCardinalityKeyValue("gen_ai.response.model", "golden")
          .hasHighCardinalityKeyValue("gen_ai.request.embedding.dimensions", "5")
          .hasHighCardinalityKeyValue("gen_ai.usage.input_tokens", String.valueOf(tokens))
          .hasHighCardinalityKeyValue("gen_ai.usage.total_tokens", String.valueOf(tokens))
          .hasBeenStarted()
          .hasBeenStopped();
    }
  }

  @Test
  void documentsAreObservedByBatchWithTheConventionThatIsGiven() {
    var convention =
        new DefaultEmbeddingModelObservationConvention() {
          @Override
          public String getContextualName(EmbeddingModelObservationContext context) {
            return context.getRequest().getInstructions().size() + " texts";
          }
        };
    try (embedder) {
      var model = builder().observationConvention(convention).build();
      model.embed(
          List.of(new Document("matrix"), new Document("weight")),
          null,
          new ModernBertBatchingStrategy());
      TestObservationRegistryAssert.assertThat(registry)
          .hasNumberOfObservationsEqualTo(1)
          .hasObservationWithNameEqualTo("gen_ai.client.operation")
          .that()
          .hasContextualNameEqualTo("2 texts");
    }
  }

  @Test
  void tokensAreCounted() {
    var meters = new SimpleMeterRegistry();
    registry
        .observationConfig()
        .observationHandler(new EmbeddingModelMeterObservationHandler(meters));
    try (embedder) {
      builder().build().embed("matrix");
      assertEquals(
          embedder.tokenizer().count("search_query: matrix", true),
          meters
              .get("gen_ai.client.token.usage")
              .tag("gen_ai.token.type", "input")
              .counter()
              .count());
    }
  }

  @Test
  void errorsAreObserved() {
    var model = builder().build();
    embedder.close();
    var error = assertThrows(IllegalStateException.class, () -> model.embed("matrix"));
    TestObservationRegistryAssert.assertThat(registry)
        .hasObservationWithNameEqualTo("gen_ai.client.operation")
        .that()
        .hasError(error)
        .hasBeenStopped();
  }
}
