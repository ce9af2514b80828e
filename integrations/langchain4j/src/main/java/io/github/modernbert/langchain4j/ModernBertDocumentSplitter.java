package io.github.modernbert.langchain4j;

import dev.langchain4j.data.document.Document;
import dev.langchain4j.data.document.DocumentSplitter;
import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.segment.TextSegment;
import io.github.modernbert.Chunk;
import io.github.modernbert.Chunker;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits documents into segments that a model reads whole, counted in its own tokens. Segments have
 * the document's metadata, their number as {@code index}, and as {@code start} and {@code end}
 * where they stand in its text, in chars.
 *
 * {@snippet file="io/github/modernbert/langchain4j/SnippetsTest.java" region="document-splitter"}
 */
public final class ModernBertDocumentSplitter implements DocumentSplitter {
  private final Chunker chunker;

  /** Splits as the chunker does. */
  public ModernBertDocumentSplitter(Chunker chunker) {
    this.chunker = chunker;
  }

  @Override
  public List<TextSegment> split(Document document) {
    String text = document.text();
    var segments = new ArrayList<TextSegment>();
    for (Chunk chunk : chunker.split(text)) {
      Metadata metadata =
          document
              .metadata()
              .copy()
              .put("index", String.valueOf(segments.size()))
              .put("start", chunk.start())
              .put("end", chunk.end());
      segments.add(TextSegment.from(chunk.of(text), metadata));
    }
    return segments;
  }
}
