package io.github.modernbert.spark;

import io.github.modernbert.LoadOptions;
import io.github.modernbert.Precision;
import io.github.modernbert.WeightType;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.spark.ModelColumns.Output;
import io.github.modernbert.spark.TextTask.Reading;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkContext;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * The base of the transformers: the model, how texts are read, and columns for what happened to
 * them. Saving a transformer, alone or in a pipeline, saves its parameters, never weights.
 *
 * <p>Rows keep their order in their partition, and their columns. A null text gives a null result;
 * the empty text is a text. What {@link #transform} gives is computed when Spark asks for it: rows
 * are streamed, so memory does not grow with the size of a partition. All columns of the dataset
 * pass through; leave out by {@code select} what is not needed after.
 *
 * <p>The exception of a job that fails has the library's own as a cause: a {@link
 * ModelFileException} if the model cannot be used, an {@link IllegalArgumentException} if a text is
 * refused or options do not fit the model.
 *
 * @param <T> the transformer
 */
public abstract sealed class ModernBertTransformer<T extends ModernBertTransformer<T>>
    extends Transformer implements DefaultParamsWritable
    permits ModernBertEmbedder,
        ModernBertReranker,
        ModernBertClassifier,
        ModernBertEntityRecognizer,
        ModernBertSparseEncoder,
        ModernBertColBert {
  private static final long serialVersionUID = 1;

  /** From how many executors on it is worth a warning that each node downloads the model. */
  private static final int MANY_EXECUTORS = 8;

  private final String uid;
  private final Param<String> model =
      param(
          "model",
          "the model: a folder's path on every node, the name of a folder among the application's"
              + " files (--archives), a folder of a Hadoop file system (hdfs://, s3a://),"
              + " or a name such as organisation/name");
  private final Param<String> precision =
      param("precision", "what linear layers are computed in: float32 or int8");
  private final Param<String> weights =
      param("weights", "how other weights are kept in memory: float32 or bfloat16");
  private final IntParam tokenBudget =
      positive("tokenBudget", "how many tokens are computed together at most");
  private final IntParam threads =
      positive(
          "threads", "how many threads compute the model; by default the cores of the executor");
  private final IntParam maxLength =
      positive(
          "maxLength",
          "tokens of an input that are read, special ones included; by default as the model takes");
  private final BooleanParam truncate =
      new BooleanParam(this, "truncate", "whether inputs that are too long are cut, or refused");
  private final Param<String> outputCol = param("outputCol", "name of the column of results");
  private final Param<String> tokensCol =
      param("tokensCol", "name of a column for the number of tokens that were read");
  private final Param<String> truncatedCol =
      param("truncatedCol", "name of a column that says whether the input was cut");
  private final Param<String> errorCol =
      param(
          "errorCol",
          "name of a column for the reason why a row was refused; without it such a row ends the"
              + " job");

  ModernBertTransformer(String uid) {
    this.uid = uid; // Parameters ask for it as they are made.
    super();
    setDefault(precision, Precision.FLOAT32.key());
    setDefault(weights, WeightType.FLOAT32.key());
    setDefault(tokenBudget, LoadOptions.defaults().tokenBudget());
    setDefault(truncate, true);
  }

  /** The task to compute, as the parameters say. */
  abstract TextTask<?> task();

  /** The columns of results and those they are made of. */
  abstract List<Output> outputs();

  /** The type of the columns of results. */
  abstract DataType outputType();

  /** Whether the model of {@code modernbert-mini} is used where none is named. */
  boolean hasBundledModel() {
    return false;
  }

  /**
   * Adds the results. Lists the model's folder if it is one of a Hadoop file system.
   *
   * @throws IllegalArgumentException if a parameter is missing or does not fit the dataset
   * @throws ModelFileException if there is no such folder in the Hadoop file system
   */
  @Override
  public final Dataset<Row> transform(Dataset<?> dataset) {
    SparkContext context = dataset.sparkSession().sparkContext();
    return columns().addTo(dataset, spec(context), task());
  }

  /**
   * The schema with the new columns.
   *
   * @throws IllegalArgumentException if a parameter is missing or does not fit the schema
   */
  @Override
  public final StructType transformSchema(StructType schema) {
    task();
    return columns().addTo(schema);
  }

  @Override
  @SuppressWarnings("unchecked")
  public final T copy(ParamMap extra) {
    return (T) this.<ModernBertTransformer<T>>defaultCopy(extra);
  }

  /** Tells this transformer from others, in a pipeline and in messages. */
  @Override
  public final String uid() {
    return uid;
  }

  private ModelColumns columns() {
    List<Output> outputs = outputs();
    Optional<String> tokens = value(tokensCol);
    Optional<String> truncated = value(truncatedCol);
    if (outputs.size() > 1 && (tokens.isPresent() || truncated.isPresent())) {
      throw new IllegalArgumentException(
          uid
              + ": tokensCol and truncatedCol are for one column of texts, found "
              + outputs.size());
    }
    return new ModelColumns(outputs, outputType(), tokens, truncated, value(errorCol));
  }

  /** The model, as executors are told of it. */
  final ModelSpec spec(SparkContext context) {
    Optional<String> named = value(model);
    if (named.isEmpty() && !hasBundledModel()) {
      throw new IllegalArgumentException(uid + ": model is not set");
    }
    try {
      ModelSource source = ModelSource.of(named.orElse(null), context.hadoopConfiguration());
      warnOfDownloads(source, context);
      return new ModelSpec(
          source,
          Precision.of(required(precision)),
          WeightType.of(required(weights)),
          integer(tokenBudget),
          integer(threads));
    } catch (IOException e) {
      throw new ModelFileException(named.orElse(""), "cannot be listed: " + e, e);
    }
  }

  private void warnOfDownloads(ModelSource source, SparkContext context) {
    int executors =
        Math.max(
            context.getExecutorMemoryStatus().size() - 1, // One of them is the driver.
            context.conf().getInt("spark.executor.instances", 0));
    if (source instanceof ModelSource.Named named
        && named.isNameOfModel()
        && executors >= MANY_EXECUTORS) {
      log()
          .warn(
              "{}: {} executors look for {} on their nodes, and each node that has no copy"
                  + " downloads one; ship the folder once instead, by --archives or from a file"
                  + " system that all share (hdfs://, s3a://): see docs/spark.md",
              uid,
              executors,
              named.name());
    }
  }

  /** How inputs are read. */
  final Reading reading() {
    return new Reading(integer(maxLength), flag(truncate));
  }

  final Param<String> param(String name, String doc) {
    return new Param<>(uid, name, doc, String.class);
  }

  final IntParam positive(String name, String doc) {
    return new IntParam(uid, name, doc, ParamValidators.gtEq(1));
  }

  /** The value of a parameter, if it is set or has a default. */
  final <V> Optional<V> value(Param<V> param) {
    return isDefined(param) ? Optional.of(getOrDefault(param)) : Optional.empty();
  }

  /**
   * The value of a parameter that must have one.
   *
   * @throws IllegalArgumentException if it has none; names the transformer and the parameter
   */
  final <V> V required(Param<V> param) {
    return value(param)
        .orElseThrow(() -> new IllegalArgumentException(uid + ": " + param.name() + " is not set"));
  }

  /** The value of a number that is at least 1, or 0 if it is not set. */
  final int integer(IntParam param) {
    return isDefined(param) ? (Integer) getOrDefault(param) : 0;
  }

  /** The value of a parameter that has a default. */
  final boolean flag(BooleanParam param) {
    return (Boolean) getOrDefault(param);
  }

  @SuppressWarnings("unchecked")
  final <V> T with(Param<V> param, V value) {
    set(param, value);
    return (T) this;
  }

  /** The parameter of {@link #setModel}. */
  public final Param<String> model() {
    return model;
  }

  /**
   * Names the model: the path of a folder that is on every node; the name of a folder among the
   * application's files ({@code --archives}); a folder of a Hadoop file system, such as {@code
   * hdfs:///models/x}, which each node copies once; or a model's name, such as {@code
   * organisation/name}, with {@code modernbert-hub} on the class path. They are looked for in this
   * order.
   */
  public final T setModel(String value) {
    return with(model, value);
  }

  /** The parameter of {@link #setPrecision}. */
  public final Param<String> precision() {
    return precision;
  }

  /**
   * Says what linear layers are computed in: {@code float32}, the default, or {@code int8}.
   *
   * @throws IllegalArgumentException if there is no such precision
   */
  public final T setPrecision(String value) {
    return with(precision, Precision.of(value).key());
  }

  /** The parameter of {@link #setWeights}. */
  public final Param<String> weights() {
    return weights;
  }

  /**
   * Says how weights that are computed in float32 are kept in memory: {@code float32}, the default,
   * or {@code bfloat16}.
   *
   * @throws IllegalArgumentException if there is no such type
   */
  public final T setWeights(String value) {
    return with(weights, WeightType.of(value).key());
  }

  /** The parameter of {@link #setTokenBudget}. */
  public final IntParam tokenBudget() {
    return tokenBudget;
  }

  /** Sets how many tokens are computed together at most, 4096 by default. */
  public final T setTokenBudget(int value) {
    return with(tokenBudget, value);
  }

  /** The parameter of {@link #setThreads}. */
  public final IntParam threads() {
    return threads;
  }

  /** Sets how many threads compute the model, all tasks of an executor together. */
  public final T setThreads(int value) {
    return with(threads, value);
  }

  /** The parameter of {@link #setMaxLength}. */
  public final IntParam maxLength() {
    return maxLength;
  }

  /** Sets how many tokens of an input are read, special ones and prompts included. */
  public final T setMaxLength(int value) {
    return with(maxLength, value);
  }

  /** The parameter of {@link #setTruncate}. */
  public final BooleanParam truncate() {
    return truncate;
  }

  /**
   * Says whether inputs that are too long are cut, which is the default, or refused: that ends the
   * job, or, with {@link #setErrorCol}, is said beside the row.
   */
  public final T setTruncate(boolean value) {
    return with(truncate, value);
  }

  /** The parameter of {@link #setOutputCol}. */
  public final Param<String> outputCol() {
    return outputCol;
  }

  /** Names the column of results. */
  public final T setOutputCol(String value) {
    return with(outputCol, value);
  }

  /** The parameter of {@link #setTokensCol}. */
  public final Param<String> tokensCol() {
    return tokensCol;
  }

  /** Adds a column for the number of tokens that were read, special ones included. */
  public final T setTokensCol(String value) {
    return with(tokensCol, value);
  }

  /** The parameter of {@link #setTruncatedCol}. */
  public final Param<String> truncatedCol() {
    return truncatedCol;
  }

  /** Adds a column that says whether the input was longer than what is read. */
  public final T setTruncatedCol(String value) {
    return with(truncatedCol, value);
  }

  /** The parameter of {@link #setErrorCol}. */
  public final Param<String> errorCol() {
    return errorCol;
  }

  /**
   * Adds a column for the reason why a row was refused, null for all others. The results of such a
   * row are null, and the job goes on.
   */
  public final T setErrorCol(String value) {
    return with(errorCol, value);
  }
}
