package io.github.modernbert.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.TokenCountEstimator;
import io.github.modernbert.tokenizer.Tokenizer;

/**
 * Counts the tokens of a model, special tokens excluded, for document splitters that limit the
 * length of segments. Immutable and safe for use by several threads.
 *
 * {@snippet file="io/github/modernbert/langchain4j/SnippetsTest.java" region="split"}
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

  @Override
  public int estimateTokenCountInText(String text) {
    return tokenizer.count(text, false);
  }

  /**
   * Counts the tokens of a message's text.
   *
   * @param message a message with text
   * @return the number of tokens
   * @throws IllegalArgumentException if the message is of a type that has none
   */
  @Override
  public int estimateTokenCountInMessage(ChatMessage message) {
    return switch (message) {
      case SystemMessage system -> estimateTokenCountInText(system.text());
      case UserMessage user -> estimateTokenCountInText(user.singleText());
      case AiMessage ai -> ai.text() == null ? 0 : estimateTokenCountInText(ai.text());
      case ToolExecutionResultMessage tool -> estimateTokenCountInText(tool.text());
      default -> throw new IllegalArgumentException("no text is known of " + message);
    };
  }

  @Override
  public int estimateTokenCountInMessages(Iterable<ChatMessage> messages) {
    int tokens = 0;
    for (ChatMessage message : messages) {
      tokens += estimateTokenCountInMessage(message);
    }
    return tokens;
  }
}
