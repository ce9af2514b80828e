package io.github.modernbert.langchain4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.document.Document;
import dev.langchain4j.data.document.DocumentSplitter;
import dev.langchain4j.data.document.splitter.DocumentSplitters;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.request.EmbeddingInputType;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.aggregator.ReRankingContentAggregator;
import dev.langchain4j.rag.content.retriever.EmbeddingStoreContentRetriever;
import dev.langchain4j.rag.query.Query;
import dev.langchain4j.store.embedding.EmbeddingStoreIngestor;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;
import io.github.modernbert.Chunker;
import io.github.modernbert.CrossEncoderOptions;
import io.github.modernbert.EmbedOptions;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.Precision;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.testdata.Golden;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The examples of the Javadoc: compiled, and run on the bundled model or a golden one. */
final class SnippetsTest {
  @Test
  void inProcess() {
    // @start region="in-process"
    EmbeddingModel model = new ModernBertEmbeddingModel(); // was: new AllMiniLmL6V2EmbeddingModel()
    Embedding embedding = model.embed("Where is the bakery?").content();
    // @end
    assertEquals(384, embedding.dimension());
    ((ModernBertEmbeddingModel) model).close();
  }

  @Test
  void rag() {
    List<Document> documents =
        List.of(
            Document.from("Bread is sold around the corner."), Document.from("It rained all day."));
    // @start region="rag"
    try (var model = new ModernBertEmbeddingModel()) { // or ModernBertEmbeddingModel("folder")
      var store = new InMemoryEmbeddingStore<TextSegment>();
      EmbeddingStoreIngestor.builder()
          .embeddingModel(model)
          .embeddingInputType(EmbeddingInputType.DOCUMENT)
          .embeddingStore(store)
          .build()
          .ingest(documents);

      var retriever =
          EmbeddingStoreContentRetriever.builder()
              .embeddingModel(model.withInputType(EmbeddingInputType.QUERY))
              .embeddingStore(store)
              .maxResults(1)
              .build();
      for (Content found : retriever.retrieve(Query.from("Where is the bakery?"))) {
        System.out.println(found.textSegment().text());
      }
    }
    // @end
  }

  @Test
  void builder() {
    // @start region="builder"
    var model =
        ModernBertEmbeddingModel.builder() // .model("folder")
            .loadOptions(LoadOptions.defaults().threads(2).precision(Precision.INT8))
            .options(EmbedOptions.defaults().maxLength(1024).dimensions(256).normalize(true))
            .queryPrompt("search_query: ")
            .documentPrompt("search_document: ")
            .build();
    // @end
    try (model) {
      assertEquals(256, model.dimension());
      assertEquals(256, model.embed("a text").content().dimension());
    }
  }

  @Test
  void factory() {
    // @start region="factory"
    var store = new InMemoryEmbeddingStore<TextSegment>();
    EmbeddingStoreIngestor.ingest(Document.from("Bread is sold around the corner."), store);
    // @end
    assertFalse(store.serializeToJson().isEmpty());
  }

  @Test
  void split() {
    Document document = Document.from("Bread is sold around the corner. It rained all day. ");
    try (var model = new ModernBertEmbeddingModel()) {
      // @start region="split"
      DocumentSplitter splitter = DocumentSplitters.recursive(8, 0, model.tokenCountEstimator());
      List<TextSegment> segments = splitter.split(document);
      // @end
      assertTrue(segments.size() > 1);
    }
  }

  @Test
  void documentSplitter() {
    Document document = Document.from("Bread is sold around the corner. It rained all day. ");
    try (var embedder = TextEmbedder.bundled()) {
      // @start region="document-splitter"
      Chunker chunker = Chunker.of(embedder.tokenizer(), 12); // or 256, with overlap(32)
      List<TextSegment> segments = new ModernBertDocumentSplitter(chunker).split(document);
      // @end
      assertEquals(
          List.of("Bread is sold around the corner.", "It rained all day."),
          segments.stream().map(TextSegment::text).toList());
      assertEquals(33, segments.get(1).metadata().getInteger("start"));
      assertEquals("1", segments.get(1).metadata().getString("index"));
    }
  }

  @Test
  void rerank() {
    String folder = Golden.root().resolve("sentence-transformers/cross-one-label").toString();
    Query query = Query.from("Where is the bakery?");
    Map<Query, Collection<List<Content>>> found =
        Map.of(query, List.of(List.of(Content.from("It rained all day."), Content.from("Bread"))));
    // @start region="rerank"
    try (var model = new ModernBertScoringModel(folder)) {
      var aggregator =
          ReRankingContentAggregator.builder().scoringModel(model).maxResults(3).build();
      for (Content content : aggregator.aggregate(found)) {
        System.out.println(content.textSegment().text());
      }
    }
    // @end
  }

  @Test
  void scoringBuilder() {
    String folder = Golden.root().resolve("sentence-transformers/cross-one-label").toString();
    // @start region="scoring-builder"
    var model =
        ModernBertScoringModel.builder()
            .model(folder) // or a name such as organisation/name
            .loadOptions(LoadOptions.defaults().threads(2))
            .options(CrossEncoderOptions.defaults().maxLength(512))
            .build();
    // @end
    try (model) {
      assertTrue(model.score("Bread", "Where is the bakery?").content() > 0);
    }
  }
}
