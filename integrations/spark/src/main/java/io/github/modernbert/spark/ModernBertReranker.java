package io.github.modernbert.spark;

import io.github.modernbert.CrossEncoder;
import io.github.modernbert.CrossEncoderOptions;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.PairScores;
import io.github.modernbert.ScoreFunction;
import io.github.modernbert.TextPair;
import io.github.modernbert.spark.ModelColumns.Output;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.DefaultParamsReadable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;

/**
 * Adds the scores of pairs of texts to a dataset: how well a document answers a query, as {@link
 * CrossEncoder} scores them, bit for bit.
 *
 * {@snippet file="io/github/modernbert/spark/SnippetsTest.java" region="rerank"}
 *
 * <p>The column of results is {@code float}. The score of a row with a null query or document is
 * null. Models with several labels are for {@link ModernBertClassifier}, which reads pairs too.
 */
public final class ModernBertReranker extends ModernBertTransformer<ModernBertReranker> {
  private static final long serialVersionUID = 1;

  private final Param<String> queryCol = param("queryCol", "name of the column of queries");
  private final Param<String> documentCol = param("documentCol", "name of the column of documents");
  private final Param<String> prompt =
      param("prompt", "name of the model's prompt that is put before each query");
  private final Param<String> promptText =
      param("promptText", "text that is put before each query instead of a prompt of the model");
  private final Param<String> scoreFunction =
      param("scoreFunction", "what is made of logits: softmax, sigmoid or none");

  /** A reranker with an identifier of its own. */
  public ModernBertReranker() {
    this(Identifiable$.MODULE$.randomUID("modernbert-reranker"));
  }

  /** A reranker with this identifier. */
  public ModernBertReranker(String uid) {
    super(uid);
  }

  /** Reads what {@link #write} has written; Spark calls it to load pipelines. */
  public static MLReader<ModernBertReranker> read() {
    return new DefaultParamsReadable<ModernBertReranker>() {}.read();
  }

  /** Loads a transformer that was saved. */
  public static ModernBertReranker load(String path) {
    return read().load(path);
  }

  /** Sent to executors. */
  private record Rerank(
      @Nullable String prompt,
      @Nullable String promptText,
      @Nullable ScoreFunction scoreFunction,
      Reading reading)
      implements TextTask<CrossEncoder> {
    @Override
    public Class<CrossEncoder> modelClass() {
      return CrossEncoder.class;
    }

    @Override
    public CrossEncoder load(Path folder, LoadOptions options) {
      return CrossEncoder.load(folder, options);
    }

    @Override
    public List<Result> compute(CrossEncoder model, List<String[]> inputs) {
      if (model.labels().size() != 1) {
        throw new IllegalArgumentException(
            "a reranker needs a model with one label, this one has %s; use ModernBertClassifier"
                .formatted(model.labels()));
      }
      CrossEncoderOptions options = reading.applyTo(CrossEncoderOptions.defaults());
      options = prompt == null ? options : options.prompt(prompt);
      options = promptText == null ? options : options.promptText(promptText);
      options = scoreFunction == null ? options : options.scoreFunction(scoreFunction);
      List<TextPair> pairs =
          inputs.stream().map(input -> new TextPair(input[0], input[1])).toList();
      return model.predict(pairs, options).stream().map(Rerank::result).toList();
    }

    private static Result result(PairScores scores) {
      return new Result(scores.value(), scores.tokens(), scores.truncated());
    }
  }

  @Override
  TextTask<CrossEncoder> task() {
    return new Rerank(
        value(prompt).orElse(null),
        value(promptText).orElse(null),
        value(scoreFunction).map(Keys::scoreFunction).orElse(null),
        reading());
  }

  @Override
  List<Output> outputs() {
    return List.of(
        new Output(required(outputCol()), List.of(required(queryCol), required(documentCol))));
  }

  @Override
  DataType outputType() {
    return DataTypes.FloatType;
  }

  /** The parameter of {@link #setQueryCol}. */
  public Param<String> queryCol() {
    return queryCol;
  }

  /** Names the column of queries. */
  public ModernBertReranker setQueryCol(String value) {
    return with(queryCol, value);
  }

  /** The parameter of {@link #setDocumentCol}. */
  public Param<String> documentCol() {
    return documentCol;
  }

  /** Names the column of documents. */
  public ModernBertReranker setDocumentCol(String value) {
    return with(documentCol, value);
  }

  /** The parameter of {@link #setPrompt}. */
  public Param<String> prompt() {
    return prompt;
  }

  /** Puts the model's prompt of this name before each query. */
  public ModernBertReranker setPrompt(String value) {
    return with(prompt, value);
  }

  /** The parameter of {@link #setPromptText}. */
  public Param<String> promptText() {
    return promptText;
  }

  /** Puts this text before each query; the empty text switches off the model's default prompt. */
  public ModernBertReranker setPromptText(String value) {
    return with(promptText, value);
  }

  /** The parameter of {@link #setScoreFunction}. */
  public Param<String> scoreFunction() {
    return scoreFunction;
  }

  /**
   * Makes other scores of the logits: {@code softmax}, {@code sigmoid} or {@code none}; by default
   * as the model's files say.
   */
  public ModernBertReranker setScoreFunction(String value) {
    return with(scoreFunction, value);
  }
}
