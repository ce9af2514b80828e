package io.github.modernbert.springai.autoconfigure;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.modernbert.CrossEncoder;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.PropertiesPropertySource;

/** The example of the Javadoc, and what editors are told of the properties. */
final class PropertiesTest {
  private static InputStream open(String resource) {
    return requireNonNull(
        PropertiesTest.class.getClassLoader().getResourceAsStream(resource), resource);
  }

  private static Properties example() throws IOException {
    var properties = new Properties();
    try (InputStream in = open("example.properties")) {
      properties.load(in);
    }
    return properties;
  }

  @Test
  void theExampleNamesAllPropertiesAndAllAreDescribed() throws IOException {
    var described = new TreeSet<String>();
    described.add("spring.ai.model.embedding"); // which is Spring AI's
    try (var reader =
        new InputStreamReader(
            open("META-INF/spring-configuration-metadata.json"), StandardCharsets.UTF_8)) {
      JsonObject metadata = JsonParser.parseReader(reader).getAsJsonObject();
      for (JsonElement element : metadata.getAsJsonArray("properties")) {
        JsonObject property = element.getAsJsonObject();
        String name = property.get("name").getAsString();
        assertThat(property.get("description")).as(name).isNotNull();
        described.add(name);
      }
    }
    assertThat(new TreeSet<>(example().stringPropertyNames())).isEqualTo(described);
  }

  @Test
  void theExampleStartsAnApplication() throws IOException {
    Properties properties = example();
    properties.setProperty("spring.ai.modernbert.embedding.model", "");
    properties.setProperty(
        "spring.ai.modernbert.reranking.model",
        Golden.root().resolve("sentence-transformers/cross-one-label").toString());
    properties.setProperty("spring.ai.modernbert.reranking.max-length", "64");
    new ApplicationContextRunner()
        .withUserConfiguration(ApplicationTest.Application.class)
        .withInitializer(context ->
            context
                .getEnvironment()
                .getPropertySources()
                .addFirst(new PropertiesPropertySource("example", properties)))
        .run(context -> {
          assertThat(context).hasSingleBean(CrossEncoder.class);
          TextEmbedder embedder = context.getBean(TextEmbedder.class);
          assertThat(embedder.info().threads()).isEqualTo(2);
          assertThat(embedder.info().source()).isEqualTo("modernbert-mini");
          assertThat(context.getBean(EmbeddingModel.class).dimensions()).isEqualTo(256);
        });
  }
}
