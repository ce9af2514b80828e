package io.github.modernbert.springai;

import io.github.modernbert.Chunker;
import java.util.List;
import org.springframework.ai.transformer.splitter.TextSplitter;

/**
 * Splits documents into parts that a model reads whole, counted in its own tokens. Spring AI's
 * {@code TokenTextSplitter} counts those of another model.
 *
 * {@snippet file="io/github/modernbert/springai/SnippetsTest.java" region="text-splitter"}
 */
public final class ModernBertTextSplitter extends TextSplitter {
  private final Chunker chunker;

  /** Splits as the chunker does. */
  public ModernBertTextSplitter(Chunker chunker) {
    this.chunker = chunker;
  }

  @Override
  protected List<String> splitText(String text) {
    return chunker.split(text).stream().map(chunk -> chunk.of(text)).toList();
  }
}
