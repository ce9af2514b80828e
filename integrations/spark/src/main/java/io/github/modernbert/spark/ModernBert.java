package io.github.modernbert.spark;

import io.github.modernbert.TextEmbedder;
import org.apache.spark.sql.SparkSession;

/** Makes models known to SQL. */
public final class ModernBert {
  private ModernBert() {}

  /**
   * Registers a function of SQL that gives the vector of a text, {@code array<float>}, for the time
   * of the session:
   *
   * {@snippet file="io/github/modernbert/spark/SnippetsTest.java" region="sql"}
   *
   * <p>The vectors are those of the embedder, bit for bit. Spark calls a function for one row after
   * the other, so texts are not computed in batches, and what only saves time with many texts is
   * lost: prefer the transformer for tables, and the function for a few rows, such as the query of
   * a search.
   *
   * @param name what SQL calls it
   * @param embedder the model, and how texts are read; its names of columns do not matter
   * @throws IllegalArgumentException if a parameter of the embedder does not fit
   */
  public static void register(SparkSession spark, String name, ModernBertEmbedder embedder) {
    if (embedder.flag(embedder.mlVector())) {
      throw new IllegalArgumentException(
          embedder.uid() + ": functions of SQL give arrays, and mlVector is set");
    }
    ModelSpec spec = embedder.spec(spark.sparkContext());
    var function = new TextFunction<TextEmbedder, float[]>(spec, embedder.task());
    spark.udf().register(name, function, embedder.outputType());
  }
}
