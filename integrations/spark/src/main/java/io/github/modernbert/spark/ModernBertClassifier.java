package io.github.modernbert.spark;

import io.github.modernbert.Classification;
import io.github.modernbert.ClassifyOptions;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.ScoreFunction;
import io.github.modernbert.TextClassifier;
import io.github.modernbert.TextPair;
import io.github.modernbert.spark.ModelColumns.Output;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.DefaultParamsReadable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Adds labels and scores of texts, or of pairs of texts, to a dataset: those of {@link
 * TextClassifier}, bit for bit.
 *
 * {@snippet file="io/github/modernbert/spark/SnippetsTest.java" region="classify"}
 *
 * <p>The column of results is {@code array<struct<label: string, score: float>>}, best first.
 */
public final class ModernBertClassifier extends ModernBertTransformer<ModernBertClassifier> {
  private static final long serialVersionUID = 1;

  private static final DataType LABELS =
      DataTypes.createArrayType(
          new StructType()
              .add("label", DataTypes.StringType, false)
              .add("score", DataTypes.FloatType, false),
          false);

  private final Param<String> inputCol = param("inputCol", "name of the column of texts");
  private final Param<String> pairCol =
      param("pairCol", "name of a column of texts that are read behind those of inputCol");
  private final IntParam topK = positive("topK", "how many labels are kept");
  private final Param<String> scoreFunction =
      param("scoreFunction", "what is made of logits: softmax, sigmoid or none");

  /** A classifier with an identifier of its own. */
  public ModernBertClassifier() {
    this(Identifiable$.MODULE$.randomUID("modernbert-classifier"));
  }

  /** A classifier with this identifier. */
  public ModernBertClassifier(String uid) {
    super(uid);
  }

  /** Reads what {@link #write} has written; Spark calls it to load pipelines. */
  public static MLReader<ModernBertClassifier> read() {
    return new DefaultParamsReadable<ModernBertClassifier>() {}.read();
  }

  /** Loads a transformer that was saved. */
  public static ModernBertClassifier load(String path) {
    return read().load(path);
  }

  /**
   * Sent to executors.
   *
   * @param topK 0 for all
   */
  private record Classify(int topK, @Nullable ScoreFunction scoreFunction, Reading reading)
      implements TextTask<TextClassifier> {
    @Override
    public Class<TextClassifier> modelClass() {
      return TextClassifier.class;
    }

    @Override
    public TextClassifier load(Path folder, LoadOptions options) {
      return TextClassifier.load(folder, options);
    }

    @Override
    public List<Result> compute(TextClassifier model, List<String[]> inputs) {
      ClassifyOptions options = reading.applyTo(ClassifyOptions.defaults());
      options = topK == 0 ? options : options.topK(topK);
      options = scoreFunction == null ? options : options.scoreFunction(scoreFunction);
      boolean pairs = !inputs.isEmpty() && inputs.getFirst().length == 2;
      Stream<Classification> results =
          pairs
              ? model.classifyPairs(
                  inputs.stream().map(input -> new TextPair(input[0], input[1])), options)
              : model.classify(inputs.stream().map(input -> input[0]), options);
      return results.map(Classify::result).toList();
    }

    private static Result result(Classification found) {
      Row[] labels =
          found.labels().stream()
              .map(label -> RowFactory.create(label.label(), label.score()))
              .toArray(Row[]::new);
      return new Result(labels, found.tokens(), found.truncated());
    }
  }

  @Override
  TextTask<TextClassifier> task() {
    return new Classify(
        integer(topK), value(scoreFunction).map(Keys::scoreFunction).orElse(null), reading());
  }

  @Override
  List<Output> outputs() {
    List<String> texts =
        value(pairCol)
            .map(second -> List.of(required(inputCol), second))
            .orElseGet(() -> List.of(required(inputCol)));
    return List.of(new Output(required(outputCol()), texts));
  }

  @Override
  DataType outputType() {
    return LABELS;
  }

  /** The parameter of {@link #setInputCol}. */
  public Param<String> inputCol() {
    return inputCol;
  }

  /** Names the column of texts. */
  public ModernBertClassifier setInputCol(String value) {
    return with(inputCol, value);
  }

  /** The parameter of {@link #setPairCol}. */
  public Param<String> pairCol() {
    return pairCol;
  }

  /**
   * Names a column of second texts: each is read together with the one of {@link #setInputCol}, as
   * natural language inference has them.
   */
  public ModernBertClassifier setPairCol(String value) {
    return with(pairCol, value);
  }

  /** The parameter of {@link #setTopK}. */
  public IntParam topK() {
    return topK;
  }

  /** Keeps the best labels only, so many. */
  public ModernBertClassifier setTopK(int value) {
    return with(topK, value);
  }

  /** The parameter of {@link #setScoreFunction}. */
  public Param<String> scoreFunction() {
    return scoreFunction;
  }

  /**
   * Makes other scores of the logits: {@code softmax}, {@code sigmoid} or {@code none}; by default
   * as the model's {@code problem_type} asks for.
   */
  public ModernBertClassifier setScoreFunction(String value) {
    return with(scoreFunction, value);
  }
}
