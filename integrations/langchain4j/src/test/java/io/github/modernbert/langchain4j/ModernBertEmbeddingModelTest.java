package io.github.modernbert.langchain4j;

import static dev.langchain4j.model.embedding.request.EmbeddingInputType.DOCUMENT;
import static dev.langchain4j.model.embedding.request.EmbeddingInputType.QUERY;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import io.github.modernbert.EmbedOptions;
import io.github.modernbert.Embeddings;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.testdata.HeldBatches;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The embedding model through LangChain4j's interface, against the embedder itself. */
final class ModernBertEmbeddingModelTest {
  private static final EmbedOptions DEFAULTS = EmbedOptions.defaults();

  private static TextEmbedder embedder;
  private static ModernBertEmbeddingModel model;

  @BeforeAll
  static void load() {
    embedder = TextEmbedder.bundled();
    model = ModernBertEmbeddingModel.builder().embedder(embedder).build();
  }

  @AfterAll
  static void close() {
    model.close();
  }

  /** Texts of mixed lengths. */
  private static List<String> texts(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "Text number %d. ".formatted(i) + "It rained again. ".repeat(i * 7 % 31))
        .toList();
  }

  @Test
  void batchesAreThoseOfTheEmbedder() {
    List<String> texts = texts(70);
    Embeddings expected = embedder.embed(texts);
    Response<List<Embedding>> found =
        model.embedAll(texts.stream().map(TextSegment::from).toList());
    assertEquals(texts.size(), found.content().size());
    for (int i = 0; i < texts.size(); i++) {
      assertArrayEquals(expected.vector(i), found.content().get(i).vector());
    }
    int tokens = texts.stream().mapToInt(text -> embedder.tokenizer().count(text, true)).sum();
    assertEquals(new TokenUsage(tokens), found.tokenUsage());
    assertArrayEquals(expected.vector(3), model.embed(texts.get(3)).content().vector());
    assertEquals(List.of(), model.embedAll(List.of()).content());
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void requestsAtTheSameTimeAreComputedTogether() throws Exception {
    int processors = Runtime.getRuntime().availableProcessors();
    List<String> texts = texts(4 * processors);
    var held = new HeldBatches();
    try (var shared = TextEmbedder.bundled(LoadOptions.defaults().batches(held::begins));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var concurrent = ModernBertEmbeddingModel.builder().embedder(shared).build();
      List<Future<float[]>> vectors =
          texts.stream()
              .map(text -> threads.submit(() -> concurrent.embed(text).content().vector()))
              .toList();
      held.letGoWhenAllCame(texts.size(), shared::waitingCalls);
      for (int i = 0; i < texts.size(); i++) {
        assertArrayEquals(embedder.embed(texts.get(i)), vectors.get(i).get());
      }
    }
    // Who waited when the first batch was let go; how many more there are depends on who wakes
    // first.
    assertTrue(
        held.calls().stream().anyMatch(calls -> calls > 1), "calls of each batch: " + held.calls());
  }

  @Test
  void readsTextsOfTheModelsWholeLength() {
    Response<Embedding> found = model.embed("bread ".repeat(8500));
    assertEquals(8192, embedder.maxLength());
    assertEquals(new TokenUsage(embedder.maxLength()), found.tokenUsage());
    String inside = "bread ".repeat(700);
    assertFalse(
        model
            .embed(inside + "Submarines dive.")
            .content()
            .equals(model.embed(inside + "He reads books.").content()));
  }

  @Test
  void requestsChooseDimensions() {
    EmbeddingResponse found =
        model.embed(EmbeddingRequest.builder().input("a text").dimensions(100).build());
    assertArrayEquals(
        embedder.embed("a text", DEFAULTS.dimensions(100)), found.embeddings().getFirst().vector());
    assertEquals("modernbert-mini", found.modelName());
    assertEquals(384, model.dimension());
  }

  @Test
  void requestsAreRefusedWhenTheyAskForMore() {
    var named = EmbeddingRequest.builder().input("a text").modelName("another").build();
    assertThrows(UnsupportedFeatureException.class, () -> model.embed(named));
    var wide = EmbeddingRequest.builder().input("a text").dimensions(385).build();
    var error = assertThrows(IllegalArgumentException.class, () -> model.embed(wide));
    assertTrue(error.toString().contains("384"), error.toString());
    var later = model.embedAsync(EmbeddingRequest.builder().input("a text").build());
    assertThrows(ExecutionException.class, later::get);
  }

  @Test
  void inputTypesChooseThePromptsOfTheModel() {
    Path folder = Golden.root().resolve("sentence-transformers/prompts-default");
    try (var prompted = new ModernBertEmbeddingModel(folder.toString())) {
      try (var direct = TextEmbedder.load(folder)) {
        String text = "matrix";
        float[] asQuery = direct.embed(text, DEFAULTS.prompt("query"));
        float[] asDocument = direct.embed(text, DEFAULTS.prompt("document"));
        var query = EmbeddingRequest.builder().input(text).inputType(QUERY).build();
        var document = EmbeddingRequest.builder().input(text).inputType(DOCUMENT).build();
        assertArrayEquals(asQuery, vector(prompted.embed(query)));
        assertArrayEquals(asDocument, vector(prompted.embed(document)));
        assertArrayEquals(direct.embed(text), prompted.embed(text).content().vector());

        EmbeddingModel queries = prompted.withInputType(QUERY);
        assertArrayEquals(asQuery, queries.embed(text).content().vector());
        assertArrayEquals(asDocument, vector(queries.embed(document)));
        assertEquals(
            new TokenUsage(direct.tokenizer().count("search_query: " + text, true)),
            queries.embed(text).tokenUsage());
        assertFalse(Arrays.equals(asQuery, asDocument));
      }
    }
  }

  @Test
  void promptsCanBeGiven() {
    var prompted =
        ModernBertEmbeddingModel.builder()
            .embedder(embedder)
            .queryPrompt("question: ")
            .documentPrompt("passage: ")
            .modelName("ours")
            .build();
    assertArrayEquals(
        embedder.embed("question: why"),
        prompted.withInputType(QUERY).embed("why").content().vector());
    assertArrayEquals(
        embedder.embed("passage: why"),
        prompted.withInputType(DOCUMENT).embed("why").content().vector());
    assertArrayEquals(embedder.embed("why"), prompted.embed("why").content().vector());
    assertEquals("ours", prompted.withInputType(QUERY).modelName());
  }

  @Test
  void optionsAreCheckedWhenTheModelIsBuilt() {
    var builder =
        ModernBertEmbeddingModel.builder().embedder(embedder).options(DEFAULTS.prompt("nothing"));
    assertThrows(IllegalArgumentException.class, builder::build);
    assertEquals(384, embedder.embed("still open").length);
    var both = ModernBertEmbeddingModel.builder().embedder(embedder).model("folder");
    assertThrows(IllegalArgumentException.class, both::build);
    var error =
        assertThrows(
            IllegalArgumentException.class, () -> new ModernBertEmbeddingModel("no/such/model"));
    assertTrue(error.toString().contains("no/such/model"), error.toString());
    String forgotten = System.getProperty("no.such.property");
    assertThrows(IllegalArgumentException.class, () -> new ModernBertEmbeddingModel(forgotten));
  }

  @Test
  void countsTokensForSplitters() {
    var estimator = model.tokenCountEstimator();
    int text = embedder.tokenizer().count("It rained all day.", false);
    assertEquals(text, estimator.estimateTokenCountInText("It rained all day."));
    var messages = new ArrayList<ChatMessage>();
    messages.add(UserMessage.from("It rained all day."));
    messages.add(SystemMessage.from("It rained all day."));
    messages.add(AiMessage.from("It rained all day."));
    assertEquals(3 * text, estimator.estimateTokenCountInMessages(messages));
  }

  @Test
  void factoriesFindTheBundledModel() {
    try (var found =
        assertInstanceOf(
            ModernBertEmbeddingModel.class, new ModernBertEmbeddingModelFactory().create())) {
      assertEquals("modernbert-mini", found.modelName());
    }
  }

  private static float[] vector(EmbeddingResponse response) {
    return response.embeddings().getFirst().vector();
  }
}
