package io.github.modernbert.spark;

import io.github.modernbert.LoadOptions;
import io.github.modernbert.Precision;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.WeightType;
import org.apache.spark.sql.api.java.UDF2;
import org.jspecify.annotations.Nullable;

/**
 * The function of SQL {@code embed(text, model)}, for clients that register functions by the names
 * of classes, as Python and Spark Connect do:
 *
 * <pre>{@code
 * spark.udf.registerJavaFunction(
 *     "embed", "io.github.modernbert.spark.EmbedFunction", "array<float>")
 * spark.sql("SELECT embed(text, '/models/my-model') FROM pages")
 * }</pre>
 *
 * <p>The model is a folder's path on every node, a folder among the application's files, or a
 * model's name; empty for that of {@code modernbert-mini}. Options are the default ones. See {@link
 * ModernBert#register} on what functions are good for. Safe for use by several threads.
 */
public final class EmbedFunction implements UDF2<@Nullable String, String, float @Nullable []> {
  private static final long serialVersionUID = 1;

  /** Spark makes it by name. */
  public EmbedFunction() {}

  /**
   * The vector of a text; null if the text is.
   *
   * @throws IllegalArgumentException if the model is a folder of a Hadoop file system, or not found
   */
  @Override
  public float @Nullable [] call(@Nullable String text, String model) {
    ModelSource source = model.isEmpty() ? new ModelSource.Bundled() : new ModelSource.Named(model);
    var spec =
        new ModelSpec(
            source, Precision.FLOAT32, WeightType.FLOAT32, LoadOptions.defaults().tokenBudget(), 0);
    var function = new TextFunction<TextEmbedder, float[]>(spec, new ModernBertEmbedder().task());
    return function.call(text);
  }
}
