package io.github.modernbert.langchain4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.langchain4j.data.document.Document;
import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.request.EmbeddingInputType;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.retriever.ContentRetriever;
import dev.langchain4j.rag.content.retriever.EmbeddingStoreContentRetriever;
import dev.langchain4j.rag.query.Query;
import dev.langchain4j.store.embedding.EmbeddingStoreIngestor;
import dev.langchain4j.store.embedding.IngestionResult;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;
import io.github.modernbert.Embeddings;
import io.github.modernbert.Similarity;
import io.github.modernbert.TextEmbedder;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A small retrieval with LangChain4j's own ingestor, store and retriever. */
final class RetrievalTest {
  private static final Map<String, String> ANSWERS =
      Map.of(
          "How long may I keep a book from the library?",
          "Library books can be borrowed for four weeks and renewed twice.",
          "What should I feed my cat?",
          "Cats need meat; dry cat food and fresh water should always be there.",
          "Is my luggage allowed on the plane?",
          "On our flights each passenger may bring one suitcase of up to 23 kilograms.",
          "When does the swimming pool open?",
          "The public pool is open for swimmers from seven in the morning until nine.",
          "How can I reset my password?",
          "If you forgot your password, click the link on the login page to set a new one.",
          "Which flowers grow in the shade?",
          "Ferns, hostas and violets are plants for dark corners of the garden.");

  private static final List<String> OTHERS =
      List.of(
          "The parliament voted on the new budget after a long debate.",
          "Whisk the eggs with sugar until the mixture is white.",
          "The engine needs fresh oil every ten thousand kilometres.",
          "Bread is sold around the corner.");

  @Test
  void findsThePassagesThatAnswer() {
    List<String> passages =
        Stream.concat(ANSWERS.values().stream().sorted(), OTHERS.stream()).toList();
    var embedder = TextEmbedder.bundled();
    try (var model = ModernBertEmbeddingModel.builder().embedder(embedder).build()) {
      var store = new InMemoryEmbeddingStore<TextSegment>();
      IngestionResult ingested =
          EmbeddingStoreIngestor.builder()
              .embeddingModel(model)
              .embeddingInputType(EmbeddingInputType.DOCUMENT)
              .embeddingStore(store)
              .build()
              .ingest(
                  IntStream.range(0, passages.size())
                      .mapToObj(i -> Document.from(passages.get(i), new Metadata(Map.of("row", i))))
                      .toList());
      Embeddings expected = embedder.embed(passages);
      assertEquals(
          IntStream.range(0, passages.size()).map(expected::tokens).sum(),
          ingested.tokenUsage().inputTokenCount());

      ContentRetriever retriever =
          EmbeddingStoreContentRetriever.builder()
              .embeddingModel(model)
              .embeddingInputType(EmbeddingInputType.QUERY)
              .embeddingStore(store)
              .maxResults(3)
              .build();
      ANSWERS.forEach((question, answer) -> {
        List<Content> found = retriever.retrieve(Query.from(question));
        assertEquals(answer, found.getFirst().textSegment().text(), question);
        assertEquals(
            Similarity.topK(embedder.embed(question), expected, 3).stream()
                .map(Similarity.Hit::index)
                .toList(),
            found.stream().map(c -> c.textSegment().metadata().getInteger("row")).toList());
      });
    }
  }
}
