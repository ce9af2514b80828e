package io.github.modernbert.spark;

import io.github.modernbert.ColBert;
import io.github.modernbert.ColBertOptions;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.TokenEmbeddings;
import io.github.modernbert.spark.ModelColumns.Output;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.DefaultParamsReadable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * Adds a vector for each token of texts to a dataset, for late interaction: those of {@link
 * ColBert}, bit for bit.
 *
 * {@snippet file="io/github/modernbert/spark/SnippetsTest.java" region="colbert"}
 *
 * <p>The column of results is {@code array<array<float>>}. {@link #setTokensCol} counts its
 * vectors.
 */
public final class ModernBertColBert extends ModernBertTransformer<ModernBertColBert> {
  private static final long serialVersionUID = 1;

  private final Param<String> inputCol = param("inputCol", "name of the column of texts");
  private final BooleanParam queries =
      new BooleanParam(this, "queries", "whether texts are read as queries, or as documents");

  /** A ColBERT encoder with an identifier of its own. */
  public ModernBertColBert() {
    this(Identifiable$.MODULE$.randomUID("modernbert-colbert"));
  }

  /** A ColBERT encoder with this identifier. */
  public ModernBertColBert(String uid) {
    super(uid);
    setDefault(queries, false);
  }

  /** Reads what {@link #write} has written; Spark calls it to load pipelines. */
  public static MLReader<ModernBertColBert> read() {
    return new DefaultParamsReadable<ModernBertColBert>() {}.read();
  }

  /** Loads a transformer that was saved. */
  public static ModernBertColBert load(String path) {
    return read().load(path);
  }

  /** Sent to executors. */
  private record Encode(boolean queries, Reading reading) implements TextTask<ColBert> {
    @Override
    public Class<ColBert> modelClass() {
      return ColBert.class;
    }

    @Override
    public ColBert load(Path folder, LoadOptions options) {
      return ColBert.load(folder, options);
    }

    @Override
    public List<Result> compute(ColBert model, List<String[]> inputs) {
      ColBertOptions options = reading.applyTo(ColBertOptions.defaults());
      Stream<String> texts = inputs.stream().map(input -> input[0]);
      Stream<TokenEmbeddings> encoded =
          queries ? model.encodeQueries(texts, options) : model.encodeDocuments(texts, options);
      return encoded.map(Encode::result).toList();
    }

    private static Result result(TokenEmbeddings encoded) {
      float[][] vectors =
          IntStream.range(0, encoded.size()).mapToObj(encoded::vector).toArray(float[][]::new);
      return new Result(vectors, encoded.size(), encoded.truncated());
    }
  }

  @Override
  TextTask<ColBert> task() {
    return new Encode(flag(queries), reading());
  }

  @Override
  List<Output> outputs() {
    return List.of(new Output(required(outputCol()), List.of(required(inputCol))));
  }

  @Override
  DataType outputType() {
    return DataTypes.createArrayType(DataTypes.createArrayType(DataTypes.FloatType, false), false);
  }

  /** The parameter of {@link #setInputCol}. */
  public Param<String> inputCol() {
    return inputCol;
  }

  /** Names the column of texts. */
  public ModernBertColBert setInputCol(String value) {
    return with(inputCol, value);
  }

  /** The parameter of {@link #setQueries}. */
  public BooleanParam queries() {
    return queries;
  }

  /** Says whether texts are read as queries; the default is documents. */
  public ModernBertColBert setQueries(boolean value) {
    return with(queries, value);
  }
}
