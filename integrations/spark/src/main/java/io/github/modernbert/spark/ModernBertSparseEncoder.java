package io.github.modernbert.spark;

import io.github.modernbert.LoadOptions;
import io.github.modernbert.SparseEmbedding;
import io.github.modernbert.SparseEncoder;
import io.github.modernbert.SparseOptions;
import io.github.modernbert.spark.ModelColumns.Output;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.DefaultParamsReadable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Adds sparse vectors of texts (SPLADE) to a dataset: those of {@link SparseEncoder}, bit for bit.
 *
 * {@snippet file="io/github/modernbert/spark/SnippetsTest.java" region="sparse"}
 *
 * <p>The column of results is {@code struct<ids: array<int>, weights: array<float>>}, ids of the
 * vocabulary in ascending order, or a sparse vector of Spark's ML library.
 */
public final class ModernBertSparseEncoder extends ModernBertTransformer<ModernBertSparseEncoder> {
  private static final long serialVersionUID = 1;

  private static final DataType WEIGHTS =
      new StructType()
          .add("ids", DataTypes.createArrayType(DataTypes.IntegerType, false), false)
          .add("weights", DataTypes.createArrayType(DataTypes.FloatType, false), false);

  private final Param<String> inputCol = param("inputCol", "name of the column of texts");
  private final Param<String> prompt =
      param("prompt", "name of the model's prompt that is put before each text");
  private final Param<String> promptText =
      param("promptText", "text that is put before each text instead of a prompt of the model");
  private final IntParam maxActiveDims =
      positive("maxActiveDims", "how many weights of a vector are kept, the largest");
  private final BooleanParam mlVector =
      new BooleanParam(this, "mlVector", "whether results are vectors of Spark's ML library");

  /** A sparse encoder with an identifier of its own. */
  public ModernBertSparseEncoder() {
    this(Identifiable$.MODULE$.randomUID("modernbert-sparse"));
  }

  /** A sparse encoder with this identifier. */
  public ModernBertSparseEncoder(String uid) {
    super(uid);
    setDefault(mlVector, false);
  }

  /** Reads what {@link #write} has written; Spark calls it to load pipelines. */
  public static MLReader<ModernBertSparseEncoder> read() {
    return new DefaultParamsReadable<ModernBertSparseEncoder>() {}.read();
  }

  /** Loads a transformer that was saved. */
  public static ModernBertSparseEncoder load(String path) {
    return read().load(path);
  }

  /**
   * Sent to executors.
   *
   * @param maxActiveDims 0 for as many as the model keeps
   */
  private record Encode(
      @Nullable String prompt,
      @Nullable String promptText,
      int maxActiveDims,
      boolean mlVector,
      Reading reading)
      implements TextTask<SparseEncoder> {
    @Override
    public Class<SparseEncoder> modelClass() {
      return SparseEncoder.class;
    }

    @Override
    public SparseEncoder load(Path folder, LoadOptions options) {
      return SparseEncoder.load(folder, options);
    }

    @Override
    public List<Result> compute(SparseEncoder model, List<String[]> inputs) {
      SparseOptions options = reading.applyTo(SparseOptions.defaults());
      options = prompt == null ? options : options.prompt(prompt);
      options = promptText == null ? options : options.promptText(promptText);
      options = maxActiveDims == 0 ? options : options.maxActiveDims(maxActiveDims);
      List<String> texts = inputs.stream().map(input -> input[0]).toList();
      return model.encode(texts, options).stream()
          .map(encoded -> result(encoded, model.dimension()))
          .toList();
    }

    private Result result(SparseEmbedding encoded, int dimension) {
      float[] weights = encoded.values();
      Object value =
          mlVector
              ? Vectors.sparse(
                  dimension,
                  encoded.ids(),
                  IntStream.range(0, weights.length).mapToDouble(i -> weights[i]).toArray())
              : RowFactory.create(encoded.ids(), weights);
      return new Result(value, encoded.tokens(), encoded.truncated());
    }
  }

  @Override
  TextTask<SparseEncoder> task() {
    return new Encode(
        value(prompt).orElse(null),
        value(promptText).orElse(null),
        integer(maxActiveDims),
        flag(mlVector),
        reading());
  }

  @Override
  List<Output> outputs() {
    return List.of(new Output(required(outputCol()), List.of(required(inputCol))));
  }

  @Override
  DataType outputType() {
    return flag(mlVector) ? SQLDataTypes.VectorType() : WEIGHTS;
  }

  /** The parameter of {@link #setInputCol}. */
  public Param<String> inputCol() {
    return inputCol;
  }

  /** Names the column of texts. */
  public ModernBertSparseEncoder setInputCol(String value) {
    return with(inputCol, value);
  }

  /** The parameter of {@link #setPrompt}. */
  public Param<String> prompt() {
    return prompt;
  }

  /** Puts the model's prompt of this name before each text. */
  public ModernBertSparseEncoder setPrompt(String value) {
    return with(prompt, value);
  }

  /** The parameter of {@link #setPromptText}. */
  public Param<String> promptText() {
    return promptText;
  }

  /** Puts this text before each text; the empty text switches off the model's default prompt. */
  public ModernBertSparseEncoder setPromptText(String value) {
    return with(promptText, value);
  }

  /** The parameter of {@link #setMaxActiveDims}. */
  public IntParam maxActiveDims() {
    return maxActiveDims;
  }

  /** Keeps the largest weights of a vector only, so many. */
  public ModernBertSparseEncoder setMaxActiveDims(int value) {
    return with(maxActiveDims, value);
  }

  /** The parameter of {@link #setMlVector}. */
  public BooleanParam mlVector() {
    return mlVector;
  }

  /**
   * Says whether results are sparse vectors of Spark's ML library, of the size of the vocabulary.
   */
  public ModernBertSparseEncoder setMlVector(boolean value) {
    return with(mlVector, value);
  }
}
