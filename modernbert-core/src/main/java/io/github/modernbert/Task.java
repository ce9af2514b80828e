package io.github.modernbert;

/** The tasks that a checkpoint can be made for. */
public enum Task {
  /** A vector for a text. */
  EMBEDDING("sentence-similarity", "TextEmbedder"),
  /** A vector for each token of a text, compared by MaxSim (ColBERT). */
  LATE_INTERACTION("late-interaction", "ColBert"),
  /** A weight for some tokens of the vocabulary (SPLADE). */
  SPARSE_EMBEDDING("sparse-encoding", "SparseEncoder"),
  /** The tokens that fit in place of a mask. */
  FILL_MASK("fill-mask", "FillMask"),
  /** Labels or values for a text or a pair of texts. */
  TEXT_CLASSIFICATION("text-classification", "TextClassifier"),
  /** Labels that are chosen with the call, by natural language inference. */
  ZERO_SHOT_CLASSIFICATION("zero-shot-classification", "ZeroShotClassifier"),
  /** How well documents answer a query, read together with it. */
  RERANKING("text-ranking", "CrossEncoder"),
  /** Labels for the tokens of a text, and the entities they make. */
  TOKEN_CLASSIFICATION("token-classification", "TokenClassifier"),
  /** The part of a text that answers a question. */
  QUESTION_ANSWERING("question-answering", "QuestionAnswerer"),
  /** Which of several continuations fits a text. */
  MULTIPLE_CHOICE("multiple-choice", "MultipleChoice");

  private final String key;
  private final String className;

  Task(String key, String className) {
    this.key = key;
    this.className = className;
  }

  /** The name of the task on model hubs, such as {@code fill-mask}. */
  public String key() {
    return key;
  }

  /** The simple name of the class for it, such as {@code TextEmbedder}. */
  public String className() {
    return className;
  }

  /** Advice for a message. */
  String use() {
    return "use " + className;
  }
}
