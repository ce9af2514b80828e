package io.github.modernbert.springai.autoconfigure;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.modernbert.Embeddings;
import io.github.modernbert.Similarity;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.springai.ModernBertEmbeddingModel;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.SimpleVectorStore;
import org.springframework.ai.vectorstore.VectorStore;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/** An application as users write it, with nothing but the dependencies: the bundled model. */
final class ApplicationTest {
  private static final Map<String, String> ANSWERS =
      Map.of(
          "How long may I keep a book from the library?",
          "Library books can be borrowed for four weeks and renewed twice.",
          "What should I feed my cat?",
          "Cats need meat; dry cat food and fresh water should always be there.",
          "When does the swimming pool open?",
          "The public pool is open for swimmers from seven in the morning until nine.",
          "How can I reset my password?",
          "If you forgot your password, click the link on the login page to set a new one.");

  private static ConfigurableApplicationContext context;

  /** The application. */
  @SpringBootConfiguration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static final class Application {
    @Bean
    VectorStore vectorStore(EmbeddingModel model) {
      return SimpleVectorStore.builder(model).build();
    }
  }

  @BeforeAll
  static void start() {
    context =
        new SpringApplicationBuilder(Application.class)
            .web(WebApplicationType.NONE)
            .bannerMode(Banner.Mode.OFF)
            .logStartupInfo(false)
            .run();
  }

  @AfterAll
  static void stop() {
    context.close();
  }

  @Test
  void aVectorStoreFindsThePassagesThatAnswer() {
    VectorStore store = context.getBean(VectorStore.class);
    List<String> passages = ANSWERS.values().stream().sorted().toList();
    store.add(passages.stream().map(Document::new).toList());

    TextEmbedder embedder = context.getBean(TextEmbedder.class);
    Embeddings expected = embedder.embed(passages);
    ANSWERS.forEach((question, answer) -> {
      List<Document> found =
          store.similaritySearch(SearchRequest.builder().query(question).topK(3).build());
      assertThat(found.getFirst().getText()).isEqualTo(answer);
      assertThat(found.stream().map(Document::getText))
          .containsExactlyElementsOf(
              Similarity.topK(embedder.embed(question), expected, 3).stream()
                  .map(hit -> passages.get(hit.index()))
                  .toList());
    });
  }

  @Test
  void theModelIsTheBundledOne() {
    var model = context.getBean(ModernBertEmbeddingModel.class);
    assertThat(model.embedForResponse(List.of("a text")).getMetadata().getModel())
        .isEqualTo("modernbert-mini");
    assertThat(model.dimensions()).isEqualTo(384);
  }

  @Test
  void itsHealthIsRegistered() {
    var registry = context.getBean(HealthContributorRegistry.class);
    var health = (HealthIndicator) requireNonNull(registry.getContributor("modernBert"));
    Health up = requireNonNull(health.health());
    assertThat(up.getStatus()).isEqualTo(Status.UP);
    assertThat(up.getDetails()).containsEntry("model", "modernbert-mini");
  }
}
