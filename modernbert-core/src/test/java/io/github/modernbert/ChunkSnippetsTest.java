package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples of the Javadoc about long texts: compiled, and run on the bundled model. */
final class ChunkSnippetsTest {
  @Test
  void chunks() {
    String text = "The bakery opens at seven. Bread is sold until noon. ".repeat(20);
    try (var embedder = TextEmbedder.bundled()) {
      // @start region="chunker"
      Chunker chunker = Chunker.of(embedder.tokenizer(), 128).overlap(16);
      List<Chunk> chunks = chunker.split(text);
      Embeddings vectors = embedder.embed(chunks.stream().map(chunk -> chunk.of(text)).toList());
      // @end
      // @start region="late-chunking"
      Embeddings inContext = embedder.embedChunks(text, chunks, EmbedOptions.defaults());
      // @end
      assertEquals(vectors.size(), inContext.size());
    }
  }
}
