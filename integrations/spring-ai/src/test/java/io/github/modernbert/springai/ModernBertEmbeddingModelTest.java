package io.github.modernbert.springai;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.EmbedOptions;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.testdata.HeldBatches;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.content.Media;
import org.springframework.ai.document.Document;
import org.springframework.ai.document.MetadataMode;
import org.springframework.ai.embedding.BatchingStrategy;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.util.MimeTypeUtils;

/** The embedding model through Spring AI's interface, against the embedder itself. */
final class ModernBertEmbeddingModelTest {
  private static final EmbedOptions DEFAULTS = EmbedOptions.defaults();

  private static final Path FOLDER = Golden.root().resolve("sentence-transformers/prompts-default");

  private static TextEmbedder embedder;
  private static ModernBertEmbeddingModel model;

  @BeforeAll
  static void load() {
    embedder = TextEmbedder.load(FOLDER);
    model = ModernBertEmbeddingModel.builder(embedder).modelName("golden").build();
  }

  @AfterAll
  static void close() {
    embedder.close();
  }

  private static List<String> texts(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "matrix %d ".formatted(i) + "weight ".repeat(i * 7 % 31))
        .toList();
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void requestsAtTheSameTimeAreComputedTogether() throws Exception {
    int processors = Runtime.getRuntime().availableProcessors();
    List<String> texts = texts(4 * processors);
    List<float[]> expected = model.embed(texts);
    var held = new HeldBatches();
    try (var shared = TextEmbedder.load(FOLDER, LoadOptions.defaults().batches(held::begins));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var concurrent = ModernBertEmbeddingModel.builder(shared).build();
      List<Future<float[]>> vectors =
          texts.stream().map(text -> threads.submit(() -> concurrent.embed(text))).toList();
      held.letGoWhenAllCame(texts.size(), shared::waitingCalls);
      for (int i = 0; i < texts.size(); i++) {
        assertArrayEquals(expected.get(i), vectors.get(i).get());
      }
    }
    // Who waited when the first batch was let go; how many more there are depends on who wakes
    // first.
    assertTrue(
        held.calls().stream().anyMatch(calls -> calls > 1), "calls of each batch: " + held.calls());
  }

  @Test
  void textsAreQueries() {
    List<String> texts = texts(40);
    float[][] expected = embedder.embed(texts, DEFAULTS.prompt("query")).toArray();
    assertArrayEquals(expected, model.embed(texts).toArray(float[][]::new));
    assertArrayEquals(expected[7], model.embed(texts.get(7)));
    EmbeddingResponse response = model.call(new EmbeddingRequest(texts, null));
    for (int i = 0; i < texts.size(); i++) {
      assertArrayEquals(expected[i], response.getResults().get(i).getOutput());
      assertEquals(i, response.getResults().get(i).getIndex());
    }
    int tokens =
        texts.stream().mapToInt(t -> embedder.tokenizer().count("search_query: " + t, true)).sum();
    assertEquals(tokens, response.getMetadata().getUsage().getPromptTokens());
    assertEquals(tokens, response.getMetadata().getUsage().getTotalTokens());
    assertEquals("golden", response.getMetadata().getModel());
    assertEquals(List.of(), model.embed(List.of()));
  }

  @Test
  void documentsAreDocumentsInAnyBatches() {
    List<String> texts = texts(23);
    float[][] expected = embedder.embed(texts, DEFAULTS.prompt("document")).toArray();
    List<Document> documents = texts.stream().map(Document::new).toList();
    BatchingStrategy fives =
        all -> {
          var batches = new ArrayList<List<Document>>();
          for (int i = 0; i < all.size(); i += 5) {
            batches.add(all.subList(i, Math.min(all.size(), i + 5)));
          }
          return batches;
        };
    for (BatchingStrategy strategy : List.of(fives, new ModernBertBatchingStrategy())) {
      assertArrayEquals(expected, model.embed(documents, null, strategy).toArray(float[][]::new));
      assertArrayEquals(
          embedder.embed(texts, DEFAULTS.prompt("document").dimensions(5)).toArray(),
          model
              .embed(documents, EmbeddingOptions.builder().dimensions(5).build(), strategy)
              .toArray(float[][]::new));
      assertEquals(List.of(), model.embed(List.of(), null, strategy));
    }
    assertArrayEquals(expected[4], model.embed(documents.get(4)));
  }

  @Test
  void metadataIsEmbeddedWhereWanted() {
    var document = new Document("matrix", Map.of("topic", "weight"));
    var all = ModernBertEmbeddingModel.builder(embedder).metadataMode(MetadataMode.EMBED).build();
    String content = document.getFormattedContent(MetadataMode.EMBED);
    assertTrue(content.contains("topic"), content);
    assertArrayEquals(embedder.embed(content, DEFAULTS.prompt("document")), all.embed(document));
    assertArrayEquals(embedder.embed("matrix", DEFAULTS.prompt("document")), model.embed(document));
  }

  @Test
  void optionsChooseDimensionsAndPrompts() {
    var asked = ModernBertEmbeddingOptions.builder().model("golden").dimensions(7).prompt("so: ");
    float[] expected = embedder.embed("matrix", DEFAULTS.promptText("so: ").dimensions(7));
    assertArrayEquals(expected, one(asked.build()));
    assertArrayEquals(
        expected,
        model
            .embed(List.of(new Document("matrix")), asked.build(), new ModernBertBatchingStrategy())
            .getFirst());

    var given =
        ModernBertEmbeddingModel.builder(embedder)
            .options(DEFAULTS.dimensions(9).normalize(true))
            .queryPrompt("")
            .documentPrompt("passage: ")
            .build();
    EmbedOptions nine = DEFAULTS.dimensions(9).normalize(true);
    assertEquals(9, given.dimensions());
    assertArrayEquals(embedder.embed("matrix", nine.promptText("")), given.embed("matrix"));
    assertArrayEquals(
        embedder.embed("matrix", nine.promptText("passage: ")),
        given.embed(new Document("matrix")));
    assertEquals(embedder.dimension(), model.dimensions());
  }

  @Test
  void mistakesAreRefused() {
    var other = EmbeddingOptions.builder().model("another").build();
    var error = assertThrows(IllegalArgumentException.class, () -> one(other));
    assertTrue(error.toString().contains("'another'"), error.toString());
    var wide = EmbeddingOptions.builder().dimensions(1000).build();
    assertThrows(IllegalArgumentException.class, () -> one(wide));
    var image =
        new Document(
            Media.builder()
                .mimeType(MimeTypeUtils.IMAGE_PNG)
                .data(URI.create("file:cat.png"))
                .build(),
            Map.of());
    assertThrows(IllegalArgumentException.class, () -> model.embed(image));
    var builder = ModernBertEmbeddingModel.builder(embedder).options(DEFAULTS.dimensions(1000));
    assertThrows(IllegalArgumentException.class, builder::build);
  }

  private static float[] one(EmbeddingOptions options) {
    return model.call(new EmbeddingRequest(List.of("matrix"), options)).getResult().getOutput();
  }
}
