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
          "How do I get to the airport?",
          "The train to the airport leaves the main station every half hour.",
          "Why is my phone not charging?",
          "Clean the plug and try another cable if the battery of the phone stays empty.",
          "Can I pay by credit card?",
          "We take cash and all common bank cards; cheques are not accepted.",
          "Who wrote the play?",
          "Hamlet is a tragedy by William Shakespeare, written around 1600.",
          "What helps against a cold?",
          "Rest, drink hot tea and stay in bed when you have a cough and a fever.");

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
