package io.github.modernbert.springai;

import io.github.modernbert.CrossEncoder;
import io.github.modernbert.CrossEncoderOptions;
import java.util.List;
import org.springframework.ai.document.Document;
import org.springframework.ai.rag.Query;
import org.springframework.ai.rag.postretrieval.document.DocumentPostProcessor;

/**
 * Ranks retrieved documents by how well they answer the query, with a cross-encoder. Give it to a
 * {@code RetrievalAugmentationAdvisor} as a document post-processor.
 *
 * {@snippet file="io/github/modernbert/springai/SnippetsTest.java" region="rerank"}
 *
 * <p>Needs {@code spring-ai-rag} on the class path. Immutable and safe for use by several threads.
 * The cross-encoder is the caller's to close.
 */
public final class ModernBertReranker implements DocumentPostProcessor {
  private final CrossEncoder encoder;
  private final CrossEncoderOptions options;

  /**
   * Makes a reranker.
   *
   * @param encoder a loaded model with one label; the caller closes it
   * @param options number of documents to keep, prompt, activation and truncation
   * @throws IllegalArgumentException if the model has several labels or the options do not fit it
   */
  public ModernBertReranker(CrossEncoder encoder, CrossEncoderOptions options) {
    encoder.rank("", List.of(), options);
    this.encoder = encoder;
    this.options = options;
  }

  /**
   * Ranks documents by how well they answer a query.
   *
   * @param query the query
   * @param documents documents with text
   * @return copies of the documents with their scores, best first; equal scores keep the order of
   *     the list
   * @throws IllegalArgumentException if a document has no text, or a pair is too long and the
   *     options say to refuse it
   * @throws IllegalStateException if the cross-encoder is closed
   */
  @Override
  public List<Document> process(Query query, List<Document> documents) {
    List<String> texts = documents.stream().map(ModernBertReranker::text).toList();
    return encoder.rank(query.text(), texts, options).stream()
        .map(hit -> documents.get(hit.index()).mutate().score((double) hit.score()).build())
        .toList();
  }

  private static String text(Document document) {
    String text = document.getText();
    if (text == null) {
      throw new IllegalArgumentException(
          "document '%s' has no text to rank".formatted(document.getId()));
    }
    return text;
  }
}
