package io.github.modernbert.springai;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.modernbert.Chunker;
import io.github.modernbert.CrossEncoder;
import io.github.modernbert.CrossEncoderOptions;
import io.github.modernbert.EmbedOptions;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.springai.autoconfigure.ModernBertHealthIndicator;
import io.github.modernbert.testdata.Golden;
import io.micrometer.observation.ObservationRegistry;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.content.MediaContent;
import org.springframework.ai.document.Document;
import org.springframework.ai.document.MetadataMode;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.rag.Query;
import org.springframework.ai.vectorstore.SimpleVectorStore;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/** The examples of the Javadoc: compiled, and run on the bundled model or a golden one. */
final class SnippetsTest {
  private static final Path RERANKER =
      Golden.root().resolve("sentence-transformers/cross-one-label");

  private static TextEmbedder embedder;

  @BeforeAll
  static void load() {
    embedder = TextEmbedder.bundled();
  }

  @AfterAll
  static void close() {
    embedder.close();
  }

  @Test
  void store() {
    // @start region="store"
    try (var embedder = TextEmbedder.bundled()) { // or TextEmbedder.load(Path.of("folder"))
      var store = SimpleVectorStore.builder(new ModernBertEmbeddingModel(embedder)).build();
      store.add(
          List.of(
              new Document("Bread is sold around the corner."),
              new Document("It rained all day.")));
      for (Document found : store.similaritySearch("Where is the bakery?")) {
        System.out.println(found.getScore() + " " + found.getText());
      }
    }
    // @end
  }

  @Test
  void builder() {
    ObservationRegistry registry = ObservationRegistry.create();
    // @start region="builder"
    var model =
        ModernBertEmbeddingModel.builder(embedder)
            .options(EmbedOptions.defaults().maxLength(1024).dimensions(256).normalize(true))
            .queryPrompt("search_query: ")
            .documentPrompt("search_document: ")
            .metadataMode(MetadataMode.EMBED)
            .observationRegistry(registry)
            .build();
    // @end
    assertEquals(256, model.embed("a text").length);
  }

  @Test
  void options() {
    var model = new ModernBertEmbeddingModel(embedder);
    // @start region="options"
    var options =
        ModernBertEmbeddingOptions.builder().prompt("search_document: ").dimensions(256).build();
    EmbeddingResponse response = model.call(new EmbeddingRequest(List.of("a passage"), options));
    // @end
    assertEquals(256, response.getResult().getOutput().length);
  }

  @Test
  void documents() {
    var model = new ModernBertEmbeddingModel(embedder);
    // @start region="documents"
    List<Document> documents = List.of(new Document("one"), new Document("two"));
    List<float[]> vectors = model.embed(documents, null, new ModernBertBatchingStrategy());
    // @end
    assertEquals(2, vectors.size());
  }

  @Test
  void textSplitter() {
    List<Document> documents =
        List.of(new Document("Bread is sold around the corner. It rained all day."));
    // @start region="text-splitter"
    Chunker chunker = Chunker.of(embedder.tokenizer(), 12); // or 256, with overlap(32)
    List<Document> parts = new ModernBertTextSplitter(chunker).apply(documents);
    // @end
    assertEquals(
        List.of("Bread is sold around the corner.", "It rained all day."),
        parts.stream().map(Document::getText).toList());
  }

  @Test
  void rerank() {
    Path folder = RERANKER;
    List<Document> documents = List.of(new Document("It rained all day."), new Document("Bread"));
    // @start region="rerank"
    try (var encoder = CrossEncoder.load(folder)) {
      var reranker = new ModernBertReranker(encoder, CrossEncoderOptions.defaults().topK(1));
      List<Document> best = reranker.process(new Query("Where is the bakery?"), documents);
      System.out.println(best.getFirst().getText());
    }
    // @end
  }

  @Test
  void count() {
    // @start region="count"
    var estimator = new ModernBertTokenCountEstimator(embedder.tokenizer());
    int tokens = estimator.estimate("Where is the bakery?"); // 6
    // @end
    assertEquals(6, tokens);
    List<MediaContent> contents =
        List.of(new UserMessage("Where is the bakery?"), new UserMessage("It rained."));
    assertEquals(6 + estimator.estimate("It rained."), estimator.estimate(contents));
  }

  @Test
  void health() {
    // @start region="health"
    Health health = new ModernBertHealthIndicator(embedder).health();
    System.out.println(health.getStatus() + " " + health.getDetails());
    // @end
    assertEquals(Status.UP, health.getStatus());
  }
}
