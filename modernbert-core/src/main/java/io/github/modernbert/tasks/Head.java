package io.github.modernbert.tasks;

import io.github.modernbert.config.ModernBertConfig;
import java.util.Set;

/** The kinds of heads on the encoder of a checkpoint. */
public enum Head {
  /** No head. */
  NONE("no head", ""),
  /** Logits over the vocabulary. */
  MASKED_LM("a masked-LM head", "ForMaskedLM"),
  /** Logits for a sequence. */
  SEQUENCE_CLASSIFICATION("a sequence classification head", "ForSequenceClassification"),
  /** Logits for each token. */
  TOKEN_CLASSIFICATION("a token classification head", "ForTokenClassification"),
  /** Two logits for each token. */
  QUESTION_ANSWERING("a question answering head", "ForQuestionAnswering"),
  /** One logit for a sequence. */
  MULTIPLE_CHOICE("a multiple choice head", "ForMultipleChoice"),
  /** A classifier of unknown kind: {@code architectures} does not say what it classifies. */
  ANY_CLASSIFICATION("a classification head of unknown kind", "");

  private static final Set<String> SHARED = Set.of("head.dense.weight", "head.norm.weight");
  private static final String CLASSIFIER = "classifier.weight";
  private static final String MODEL = "ModernBert";

  private final String description;
  private final String suffix;

  Head(String description, String suffix) {
    this.description = description;
    this.suffix = suffix;
  }

  /** The name of the head in words, with its article. */
  public String description() {
    return description;
  }

  /**
   * The head of a checkpoint: as its tensors and {@code architectures} say, since all classifiers
   * have tensors of the same names.
   */
  public static Head of(ModernBertConfig config, Set<String> tensors) {
    if (!tensors.containsAll(SHARED)) {
      return NONE;
    }
    if (!tensors.contains(CLASSIFIER)) {
      boolean decodes = config.tieWordEmbeddings() || tensors.contains("decoder.weight");
      return decodes ? MASKED_LM : NONE;
    }
    for (Head head : values()) {
      if (!head.suffix.isEmpty() && config.architectures().contains(MODEL + head.suffix)) {
        return head == MASKED_LM ? ANY_CLASSIFICATION : head;
      }
    }
    return ANY_CLASSIFICATION;
  }
}
