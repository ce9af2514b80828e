package io.github.modernbert.spark;

import io.github.modernbert.Aggregation;
import io.github.modernbert.Entities;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.TokenClassifier;
import io.github.modernbert.TokenClassifyOptions;
import io.github.modernbert.spark.ModelColumns.Output;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.DefaultParamsReadable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Adds the entities of texts to a dataset: those of {@link TokenClassifier}, bit for bit.
 *
 * {@snippet file="io/github/modernbert/spark/SnippetsTest.java" region="entities"}
 *
 * <p>The column of results is {@code array<struct<label: string, score: float, start: int, end:
 * int, text: string>>}, in the order of the text. Offsets count code points from 0, as Spark's
 * functions and Python do: {@code substring(text, start + 1, end - start)} is the entity.
 */
public final class ModernBertEntityRecognizer
    extends ModernBertTransformer<ModernBertEntityRecognizer> {
  private static final long serialVersionUID = 1;

  private static final DataType ENTITIES =
      DataTypes.createArrayType(
          new StructType()
              .add("label", DataTypes.StringType, false)
              .add("score", DataTypes.FloatType, false)
              .add("start", DataTypes.IntegerType, false)
              .add("end", DataTypes.IntegerType, false)
              .add("text", DataTypes.StringType, false),
          false);

  private final Param<String> inputCol = param("inputCol", "name of the column of texts");
  private final Param<String> aggregation =
      param("aggregation", "how tokens become entities: none, simple, first, average or max");
  private final StringArrayParam ignoreLabels =
      new StringArrayParam(this, "ignoreLabels", "labels that are left out");
  private final IntParam stride =
      new IntParam(
          uid(),
          "stride",
          "tokens that each window shares with the one before; texts that are too long are then"
              + " read in windows",
          ParamValidators.gtEq(0));

  /** A recognizer with an identifier of its own. */
  public ModernBertEntityRecognizer() {
    this(Identifiable$.MODULE$.randomUID("modernbert-entities"));
  }

  /** A recognizer with this identifier. */
  public ModernBertEntityRecognizer(String uid) {
    super(uid);
    setDefault(aggregation, Keys.of(Aggregation.SIMPLE));
    setDefault(ignoreLabels, new String[] {"O"});
  }

  /** Reads what {@link #write} has written; Spark calls it to load pipelines. */
  public static MLReader<ModernBertEntityRecognizer> read() {
    return new DefaultParamsReadable<ModernBertEntityRecognizer>() {}.read();
  }

  /** Loads a transformer that was saved. */
  public static ModernBertEntityRecognizer load(String path) {
    return read().load(path);
  }

  /**
   * Sent to executors.
   *
   * @param stride -1 if texts are not read in windows
   */
  private record Recognize(
      Aggregation aggregation, List<String> ignoreLabels, int stride, Reading reading)
      implements TextTask<TokenClassifier> {
    @Override
    public Class<TokenClassifier> modelClass() {
      return TokenClassifier.class;
    }

    @Override
    public TokenClassifier load(Path folder, LoadOptions options) {
      return TokenClassifier.load(folder, options);
    }

    @Override
    public List<Result> compute(TokenClassifier model, List<String[]> inputs) {
      TokenClassifyOptions options =
          reading
              .applyTo(TokenClassifyOptions.defaults())
              .aggregation(aggregation)
              .ignoreLabels(ignoreLabels.toArray(String[]::new));
      options = stride < 0 ? options : options.stride(stride);
      List<String> texts = inputs.stream().map(input -> input[0]).toList();
      var results = new ArrayList<Result>();
      for (Entities found : model.classify(texts, options)) {
        results.add(result(texts.get(results.size()), found));
      }
      return results;
    }

    private static Result result(String text, Entities found) {
      Row[] entities =
          found.entities().stream()
              .map(entity ->
                  RowFactory.create(
                      entity.label(),
                      entity.score(),
                      text.codePointCount(0, entity.start()),
                      text.codePointCount(0, entity.end()),
                      entity.text()))
              .toArray(Row[]::new);
      return new Result(entities, found.tokens(), found.truncated());
    }
  }

  @Override
  TextTask<TokenClassifier> task() {
    return new Recognize(
        Keys.aggregation(required(aggregation)),
        List.of(required(ignoreLabels)),
        isSet(stride) ? (Integer) getOrDefault(stride) : -1,
        reading());
  }

  @Override
  List<Output> outputs() {
    return List.of(new Output(required(outputCol()), List.of(required(inputCol))));
  }

  @Override
  DataType outputType() {
    return ENTITIES;
  }

  /** The parameter of {@link #setInputCol}. */
  public Param<String> inputCol() {
    return inputCol;
  }

  /** Names the column of texts. */
  public ModernBertEntityRecognizer setInputCol(String value) {
    return with(inputCol, value);
  }

  /** The parameter of {@link #setAggregation}. */
  public Param<String> aggregation() {
    return aggregation;
  }

  /**
   * Says how tokens become entities: {@code none}, {@code simple} (the default), {@code first},
   * {@code average} or {@code max}; see {@link Aggregation}.
   */
  public ModernBertEntityRecognizer setAggregation(String value) {
    return with(aggregation, value);
  }

  /** The parameter of {@link #setIgnoreLabels}. */
  public StringArrayParam ignoreLabels() {
    return ignoreLabels;
  }

  /** Leaves out other labels than {@code O}; see {@link TokenClassifyOptions#ignoreLabels}. */
  public ModernBertEntityRecognizer setIgnoreLabels(String... value) {
    return with(ignoreLabels, value);
  }

  /** The parameter of {@link #setStride}. */
  public IntParam stride() {
    return stride;
  }

  /**
   * Reads texts that are too long in windows that share so many tokens, instead of cutting them.
   */
  public ModernBertEntityRecognizer setStride(int value) {
    return with(stride, value);
  }
}
