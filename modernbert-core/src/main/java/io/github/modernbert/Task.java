package io.github.modernbert;

/** The tasks that a checkpoint can be made for. */
public enum Task {
  /** Computes a vector for a text. */
  EMBEDDING("sentence-similarity", "TextEmbedder"),
  /** Computes a vector for each token of a text; vectors are compared by MaxSim (ColBERT). */
  LATE_INTERACTION("late-interaction", "ColBert"),
  /** Computes weights for tokens of the vocabulary (SPLADE). */
  SPARSE_EMBEDDING("sparse-encoding", "SparseEncoder"),
  /** Predicts the tokens in place of masks. */
  FILL_MASK("fill-mask", "FillMask"),
  /** Assigns labels or values to a text or a pair of texts. */
  TEXT_CLASSIFICATION("text-classification", "TextClassifier"),
  /** Assigns labels that the caller chooses, by natural language inference. */
  ZERO_SHOT_CLASSIFICATION("zero-shot-classification", "ZeroShotClassifier"),
  /** Scores how well documents answer a query, each read together with it. */
  RERANKING("text-ranking", "CrossEncoder"),
  /** Labels the tokens of a text and groups them into entities. */
  TOKEN_CLASSIFICATION("token-classification", "TokenClassifier"),
  /** Finds the part of a text that answers a question. */
  QUESTION_ANSWERING("question-answering", "QuestionAnswerer"),
  /** Scores several continuations of a text. */
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

  /** The simple name of this library's class for the task, such as {@code TextEmbedder}. */
  public String className() {
    return className;
  }

  /** Advice for a message. */
  String use() {
    return "use " + className;
  }
}
