package io.github.modernbert.springai.autoconfigure;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.modernbert.CrossEncoder;
import io.github.modernbert.EmbedOptions;
import io.github.modernbert.ModelLocator;
import io.github.modernbert.Precision;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.WeightType;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.springai.ModernBertBatchingStrategy;
import io.github.modernbert.springai.ModernBertEmbeddingModel;
import io.github.modernbert.springai.ModernBertReranker;
import io.github.modernbert.testdata.Golden;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.BatchingStrategy;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.TokenCountBatchingStrategy;
import org.springframework.ai.rag.postretrieval.document.DocumentPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.MapPropertySource;

/** Tests which beans an application has, depending on its properties and its own beans. */
final class AutoConfigurationTest {
  private static final Path FOLDER = Golden.root().resolve("sentence-transformers/prompts-default");
  private static final Path RERANKER =
      Golden.root().resolve("sentence-transformers/cross-one-label");

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  ModernBertEmbeddingAutoConfiguration.class,
                  ModernBertRerankingAutoConfiguration.class,
                  ModernBertHealthContributorAutoConfiguration.class))
          .withPropertyValues("spring.ai.modernbert.embedding.model=" + FOLDER);

  @Test
  void anEmbeddingModelIsThereAndClosedWithTheContext() {
    var loaded = new AtomicReference<TextEmbedder>();
    runner.run(context -> {
      assertThat(context).hasSingleBean(ModernBertEmbeddingModel.class);
      assertThat(context.getBean(BatchingStrategy.class))
          .isInstanceOf(ModernBertBatchingStrategy.class);
      assertThat(context).doesNotHaveBean(DocumentPostProcessor.class);
      TextEmbedder embedder = context.getBean(TextEmbedder.class);
      loaded.set(embedder);
      assertThat(context.getBean(EmbeddingModel.class).embed("matrix"))
          .containsExactly(embedder.embed("matrix", EmbedOptions.defaults().prompt("query")));
    });
    assertThatIllegalStateException().isThrownBy(() -> loaded.get().embed("matrix"));
  }

  @Test
  void propertiesChooseHowItWorks() {
    runner
        .withPropertyValues(
            "spring.ai.model.embedding=modernbert",
            "spring.ai.modernbert.threads=1",
            "spring.ai.modernbert.kernels=portable",
            "spring.ai.modernbert.token-budget=100",
            "spring.ai.modernbert.precision=int8",
            "spring.ai.modernbert.weights=bfloat16",
            "spring.ai.modernbert.embedding.dimensions=6",
            "spring.ai.modernbert.embedding.max-length=20",
            "spring.ai.modernbert.embedding.normalize=true",
            "spring.ai.modernbert.embedding.truncate=false",
            "spring.ai.modernbert.embedding.metadata-mode=embed")
        .withInitializer( // which unlike the values above keeps spaces at the end
            context ->
                context
                    .getEnvironment()
                    .getPropertySources()
                    .addFirst(
                        new MapPropertySource(
                            "prompts",
                            Map.of(
                                "spring.ai.modernbert.embedding.query-prompt",
                                "ask: ",
                                "spring.ai.modernbert.embedding.document-prompt",
                                "read: "))))
        .run(context -> {
          TextEmbedder embedder = context.getBean(TextEmbedder.class);
          assertThat(embedder.kernels()).startsWith("portable");
          assertThat(embedder.info().threads()).isEqualTo(1);
          assertThat(embedder.info().precision()).isEqualTo(Precision.INT8);
          assertThat(embedder.info().weights()).isEqualTo(WeightType.BFLOAT16);
          EmbeddingModel model = context.getBean(EmbeddingModel.class);
          EmbedOptions expected = EmbedOptions.defaults().dimensions(6).normalize(true);
          assertThat(model.dimensions()).isEqualTo(6);
          assertThat(model.embed("matrix"))
              .containsExactly(embedder.embed("matrix", expected.promptText("ask: ")));
          Document document = Document.builder().text("is").metadata("a", "b").build();
          assertThat(model.embed(document))
              .containsExactly(embedder.embed("a: b\n\nis", expected.promptText("read: ")));
          assertThatIllegalArgumentException().isThrownBy(() -> model.embed("matrix ".repeat(20)));
        });
  }

  @Test
  void unknownConstantsAreReportedWithTheirProperty() {
    for (String value : List.of("precision=int4", "kernels=fast", "weights=int1")) {
      runner
          .withPropertyValues("spring.ai.modernbert." + value)
          .run(context -> {
            // Boot's report of this exception names the property, its value and those that exist.
            BindException failure = cause(context, BindException.class);
            assertThat(failure.getName() + "=" + requireNonNull(failure.getProperty()).getValue())
                .isEqualTo("spring.ai.modernbert." + value);
          });
    }
  }

  @Test
  void numbersBelowOneAreReportedWithTheirProperty() {
    for (String property :
        List.of("threads", "token-budget", "embedding.dimensions", "embedding.max-length")) {
      String name = "spring.ai.modernbert." + property;
      runner
          .withPropertyValues(name + "=0")
          .run(context -> assertInvalid(context, name, 0, "must be at least 1"));
    }
  }

  @Test
  void valuesThatDoNotFitTheModelAreReportedWithTheirProperty() {
    String embedding = "spring.ai.modernbert.embedding.";
    runner
        .withPropertyValues(embedding + "dimensions=9999")
        .run(context -> assertInvalid(context, embedding + "dimensions", 9999, "vectors have"));
    runner
        .withPropertyValues(embedding + "max-length=1")
        .run(context -> assertInvalid(context, embedding + "max-length", 1, "special tokens"));
    String reranking = "spring.ai.modernbert.reranking.";
    runner
        .withPropertyValues(reranking + "model=" + RERANKER, reranking + "max-length=1")
        .run(context -> assertInvalid(context, reranking + "max-length", 1, "special tokens"));
    String labels = RERANKER.resolveSibling("cross-three-labels").toString();
    runner
        .withPropertyValues(reranking + "model=" + labels)
        .run(context -> assertInvalid(context, reranking + "model", labels, "one label"));
  }

  @Test
  void tooManyThreadsAreReportedWithTheirProperty() {
    String name = "spring.ai.modernbert.threads";
    runner
        .withPropertyValues(name + "=100000")
        .run(context -> assertInvalid(context, name, 100_000, "at most 4096"));
  }

  private static void assertInvalid(
      AssertableApplicationContext context, String name, Object value, String reason) {
    var invalid = cause(context, InvalidConfigurationPropertyValueException.class);
    assertThat(invalid.getName()).isEqualTo(name);
    assertThat(invalid.getValue()).isEqualTo(value);
    assertThat(invalid.getReason()).contains(reason);
  }

  private static <E extends Throwable> E cause(
      AssertableApplicationContext context, Class<E> type) {
    Throwable e = requireNonNull(context.getStartupFailure());
    while (!type.isInstance(e)) {
      e = requireNonNull(e.getCause());
    }
    return type.cast(e);
  }

  @Test
  void anotherProviderCanBeChosen() {
    runner
        .withPropertyValues("spring.ai.model.embedding=openai")
        .run(context ->
            assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(TextEmbedder.class)
                .doesNotHaveBean(EmbeddingModel.class)
                .doesNotHaveBean(BatchingStrategy.class)
                .doesNotHaveBean(HealthContributor.class));
  }

  @Test
  void beansOfTheApplicationComeFirst() {
    try (var own = TextEmbedder.load(FOLDER)) {
      runner
          .withPropertyValues("spring.ai.modernbert.embedding.model=not/there")
          .withBean("own", TextEmbedder.class, () -> own)
          .withBean(TokenCountBatchingStrategy.class)
          .run(context -> {
            assertThat(context).getBean(TextEmbedder.class).isSameAs(own);
            assertThat(context).hasSingleBean(ModernBertEmbeddingModel.class);
            assertThat(context.getBean(BatchingStrategy.class))
                .isInstanceOf(TokenCountBatchingStrategy.class);
          });
    }
  }

  @Test
  void requestsAreObserved() {
    var registry = TestObservationRegistry.create();
    runner
        .withBean(TestObservationRegistry.class, () -> registry)
        .run(context -> {
          context.getBean(EmbeddingModel.class).embed("matrix");
          TestObservationRegistryAssert.assertThat(registry)
              .hasObservationWithNameEqualTo("gen_ai.client.operation")
              .that()
              .hasLowCardinalityKeyValue("gen_ai.request.model", FOLDER.toString());
        });
  }

  @Test
  void healthIsUpUntilTheModelIsClosed() {
    runner.run(context -> {
      var health = context.getBean("modernBertHealthContributor", HealthIndicator.class);
      TextEmbedder embedder = context.getBean(TextEmbedder.class);
      Health up = requireNonNull(health.health());
      assertThat(up.getStatus()).isEqualTo(Status.UP);
      assertThat(up.getDetails())
          .containsEntry("model", FOLDER.toString())
          .containsEntry("dimensions", embedder.dimension())
          .containsEntry("maxLength", embedder.maxLength())
          .containsEntry("kernels", embedder.kernels())
          .containsEntry("precision", "float32")
          .containsEntry("weights", "float32");
      embedder.close();
      assertThat(requireNonNull(health.health()).getStatus()).isEqualTo(Status.DOWN);
    });
    runner
        .withPropertyValues("management.health.modernbert.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(HealthContributor.class));
  }

  @Test
  void worksWithoutOptionalDependencies() {
    // Only auto-configurations that Boot finds itself are left out before they are loaded; its own
    // for health are not there either when their jar is not.
    String ofHealth =
        ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader())
            .getCandidates()
            .stream()
            .filter(name -> name.startsWith("org.springframework.boot.health."))
            .collect(Collectors.joining(","));
    new ApplicationContextRunner()
        .withUserConfiguration(ApplicationTest.Application.class)
        .withClassLoader(
            new FilteredClassLoader(
                "org.springframework.boot.health", "org.springframework.ai.rag"))
        .withPropertyValues(
            "spring.autoconfigure.exclude=" + ofHealth,
            "spring.ai.modernbert.embedding.model=" + FOLDER,
            "spring.ai.modernbert.reranking.model=" + RERANKER)
        .run(context ->
            assertThat(context)
                .hasSingleBean(ModernBertEmbeddingModel.class)
                .doesNotHaveBean(CrossEncoder.class)
                .doesNotHaveBean("modernBertHealthContributor"));
  }

  @Test
  void aRerankerIsThereWhereItsModelIsNamed() {
    runner
        .withPropertyValues(
            "spring.ai.modernbert.reranking.model=" + RERANKER,
            "spring.ai.modernbert.reranking.top-k=2",
            "spring.ai.modernbert.reranking.max-length=30")
        .run(context -> {
          assertThat(context).hasSingleBean(CrossEncoder.class);
          assertThat(context.getBean(DocumentPostProcessor.class))
              .isInstanceOf(ModernBertReranker.class);
        });
  }

  @Test
  void aModelThatIsNotThereStopsTheStartAndSaysWhatToDo() {
    runner
        .withPropertyValues("spring.ai.modernbert.embedding.model=not/there")
        .run(context -> assertReason(context, "not/there", "modernbert-hub"));
  }

  @Test
  void aModelThatCannotBeDownloadedStopsTheStartAndSaysWhy(@TempDir Path services)
      throws IOException {
    Path file = services.resolve("META-INF/services").resolve(ModelLocator.class.getName());
    Files.createDirectories(file.getParent());
    Files.writeString(file, GatedLocator.class.getName());
    try (var loader =
        new URLClassLoader(
            new URL[] {services.toUri().toURL()}, AutoConfigurationTest.class.getClassLoader())) {
      runner
          .withClassLoader(loader)
          .withPropertyValues("spring.ai.modernbert.embedding.model=gated/model")
          .run(context -> assertReason(context, "gated/model", "gated/model is gated"));
    }
  }

  private static void assertReason(
      AssertableApplicationContext context, String model, String reason) {
    assertInvalid(context, "spring.ai.modernbert.embedding.model", model, model);
    assertInvalid(context, "spring.ai.modernbert.embedding.model", model, reason);
  }

  /** Fails as that of the hub does, with an exception of its own. */
  public static final class GatedLocator implements ModelLocator {
    @Override
    public Optional<Path> locate(String name) {
      throw new IllegalStateException(name + " is gated");
    }
  }

  @Test
  void aModelThatCannotBeReadStopsTheStartAndSaysWhatToDo(@TempDir Path empty) {
    runner
        .withPropertyValues("spring.ai.modernbert.embedding.model=" + empty)
        .run(context -> {
          Throwable failure = requireNonNull(context.getStartupFailure());
          assertThat(failure).hasStackTraceContaining(ModelFileException.class.getName());
          FailureAnalysis analysis =
              requireNonNull(new ModelFileFailureAnalyzer().analyze(failure));
          assertThat(analysis.getDescription()).contains(empty.toString());
          assertThat(analysis.getAction()).contains("spring.ai.modernbert.embedding.model");
        });
  }
}
