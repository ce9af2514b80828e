package io.github.modernbert.spark;

import io.github.modernbert.EmbedOptions;
import io.github.modernbert.Embedding;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.spark.ModelColumns.Output;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.DefaultParamsReadable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;

/**
 * Adds the vectors of texts to a dataset, those of {@link TextEmbedder}, bit for bit:
 *
 * {@snippet file="io/github/modernbert/spark/SnippetsTest.java" region="embed"}
 *
 * <p>The column of results is {@code array<float>}, or a vector of Spark's ML library, which other
 * stages of a pipeline take. Without a model the one of {@code modernbert-mini} is used.
 */
public final class ModernBertEmbedder extends ModernBertTransformer<ModernBertEmbedder> {
  private static final long serialVersionUID = 1;

  private final Param<String> inputCol = param("inputCol", "name of the column of texts");
  private final StringArrayParam inputCols =
      new StringArrayParam(this, "inputCols", "names of several columns of texts");
  private final StringArrayParam outputCols =
      new StringArrayParam(this, "outputCols", "names of the columns of results for inputCols");
  private final Param<String> prompt =
      param("prompt", "name of the model's prompt that is put before each text");
  private final Param<String> promptText =
      param("promptText", "text that is put before each text instead of a prompt of the model");
  private final IntParam dimensions =
      positive("dimensions", "how many dimensions of a vector are kept");
  private final BooleanParam normalize =
      new BooleanParam(this, "normalize", "whether vectors are scaled to length 1");
  private final BooleanParam mlVector =
      new BooleanParam(this, "mlVector", "whether results are vectors of Spark's ML library");

  /** An embedder with an identifier of its own. */
  public ModernBertEmbedder() {
    this(Identifiable$.MODULE$.randomUID("modernbert-embedder"));
  }

  /** An embedder with this identifier. */
  public ModernBertEmbedder(String uid) {
    super(uid);
    setDefault(normalize, false);
    setDefault(mlVector, false);
  }

  /** Reads what {@link #write} has written; Spark calls it to load pipelines. */
  public static MLReader<ModernBertEmbedder> read() {
    return new DefaultParamsReadable<ModernBertEmbedder>() {}.read();
  }

  /** Loads a transformer that was saved. */
  public static ModernBertEmbedder load(String path) {
    return read().load(path);
  }

  /**
   * Sent to executors.
   *
   * @param prompt name of a prompt
   * @param promptText text of a prompt
   * @param dimensions 0 for all
   */
  private record Embed(
      @Nullable String prompt,
      @Nullable String promptText,
      int dimensions,
      boolean normalize,
      boolean mlVector,
      Reading reading)
      implements TextTask<TextEmbedder> {
    @Override
    public Class<TextEmbedder> modelClass() {
      return TextEmbedder.class;
    }

    @Override
    public TextEmbedder load(Path folder, LoadOptions options) {
      return TextEmbedder.load(folder, options);
    }

    @Override
    public List<Result> compute(TextEmbedder model, List<String[]> inputs) {
      EmbedOptions options = reading.applyTo(EmbedOptions.defaults().normalize(normalize));
      options = prompt == null ? options : options.prompt(prompt);
      options = promptText == null ? options : options.promptText(promptText);
      options = dimensions == 0 ? options : options.dimensions(dimensions);
      List<String> texts = inputs.stream().map(input -> input[0]).toList();
      return model.embed(texts.stream(), options).map(this::result).toList();
    }

    private Result result(Embedding embedding) {
      float[] vector = embedding.vector();
      return new Result(
          mlVector ? Vectors.dense(doubles(vector)) : vector,
          embedding.tokens(),
          embedding.truncated());
    }

    private static double[] doubles(float[] values) {
      var doubles = new double[values.length];
      for (int i = 0; i < doubles.length; i++) {
        doubles[i] = values[i];
      }
      return doubles;
    }
  }

  @Override
  TextTask<TextEmbedder> task() {
    if (isSet(prompt) && isSet(promptText)) {
      throw new IllegalArgumentException(uid() + ": prompt and promptText are both set");
    }
    return new Embed(
        value(prompt).orElse(null),
        value(promptText).orElse(null),
        integer(dimensions),
        flag(normalize),
        flag(mlVector),
        reading());
  }

  @Override
  List<Output> outputs() {
    Optional<String[]> several = value(inputCols);
    if (several.isEmpty()) {
      return List.of(new Output(required(outputCol()), List.of(required(inputCol))));
    }
    if (isSet(inputCol) || isSet(outputCol())) {
      throw new IllegalArgumentException(
          uid() + ": inputCols and outputCols are set, and inputCol or outputCol too");
    }
    String[] names = required(outputCols);
    if (names.length != several.get().length) {
      throw new IllegalArgumentException(
          "%s: %d inputCols and %d outputCols"
              .formatted(uid(), several.get().length, names.length));
    }
    var outputs = new ArrayList<Output>();
    for (int i = 0; i < names.length; i++) {
      outputs.add(new Output(names[i], List.of(several.get()[i])));
    }
    return outputs;
  }

  @Override
  DataType outputType() {
    return flag(mlVector)
        ? SQLDataTypes.VectorType()
        : DataTypes.createArrayType(DataTypes.FloatType, false);
  }

  @Override
  boolean hasBundledModel() {
    return true;
  }

  /** The parameter of {@link #setInputCol}. */
  public Param<String> inputCol() {
    return inputCol;
  }

  /** Names the column of texts. */
  public ModernBertEmbedder setInputCol(String value) {
    return with(inputCol, value);
  }

  /** The parameter of {@link #setInputCols}. */
  public StringArrayParam inputCols() {
    return inputCols;
  }

  /** Names several columns of texts, whose vectors are computed together. */
  public ModernBertEmbedder setInputCols(String... values) {
    return with(inputCols, values);
  }

  /** The parameter of {@link #setOutputCols}. */
  public StringArrayParam outputCols() {
    return outputCols;
  }

  /** Names the columns of results, one for each of {@link #setInputCols}. */
  public ModernBertEmbedder setOutputCols(String... values) {
    return with(outputCols, values);
  }

  /** The parameter of {@link #setPrompt}. */
  public Param<String> prompt() {
    return prompt;
  }

  /** Puts the model's prompt of this name before each text. */
  public ModernBertEmbedder setPrompt(String name) {
    return with(prompt, name);
  }

  /** The parameter of {@link #setPromptText}. */
  public Param<String> promptText() {
    return promptText;
  }

  /** Puts this text before each text; the empty text switches off the model's default prompt. */
  public ModernBertEmbedder setPromptText(String text) {
    return with(promptText, text);
  }

  /** The parameter of {@link #setDimensions}. */
  public IntParam dimensions() {
    return dimensions;
  }

  /**
   * Keeps the first dimensions only, for models trained so; see {@link EmbedOptions#dimensions}.
   */
  public ModernBertEmbedder setDimensions(int count) {
    return with(dimensions, count);
  }

  /** The parameter of {@link #setNormalize}. */
  public BooleanParam normalize() {
    return normalize;
  }

  /** Scales vectors to length 1, after everything else. */
  public ModernBertEmbedder setNormalize(boolean value) {
    return with(normalize, value);
  }

  /** The parameter of {@link #setMlVector}. */
  public BooleanParam mlVector() {
    return mlVector;
  }

  /**
   * Says whether results are vectors of Spark's ML library, of float64, instead of {@code
   * array<float>}.
   */
  public ModernBertEmbedder setMlVector(boolean value) {
    return with(mlVector, value);
  }
}
