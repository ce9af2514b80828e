package io.github.modernbert.springai;

import io.github.modernbert.tokenizer.Tokenizer;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.content.MediaContent;
import org.springframework.ai.tokenizer.TokenCountEstimator;

/**
 * Counts the tokens of a model, special tokens excluded, for text splitters and batching strategies
 * of Spring AI. Media are not counted, since the models read text only. Immutable and safe for use
 * by several threads.
 *
 * {@snippet file="io/github/modernbert/springai/SnippetsTest.java" region="count"}
 */
public final class ModernBertTokenCountEstimator implements TokenCountEstimator {
  private final Tokenizer tokenizer;

  /**
   * Makes an estimator.
   *
   * @param tokenizer the tokenizer of a model, see {@link io.github.modernbert.TaskModel#tokenizer}
   */
  public ModernBertTokenCountEstimator(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * Counts the tokens of a text.
   *
   * @param text any text; null, which Spring AI uses for none, has no tokens
   */
  @Override
  public int estimate(@Nullable String text) {
    return text == null ? 0 : tokenizer.count(text, false);
  }

  /** Counts the tokens of a message's text. */
  @Override
  public int estimate(MediaContent content) {
    return estimate(content.getText());
  }

  /** Counts the tokens of several messages together. */
  @Override
  public int estimate(Iterable<MediaContent> contents) {
    int sum = 0;
    for (MediaContent content : contents) {
      sum += estimate(content);
    }
    return sum;
  }
}
