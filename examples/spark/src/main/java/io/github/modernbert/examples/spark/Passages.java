package io.github.modernbert.examples.spark;

import io.github.modernbert.spark.ModernBert;
import io.github.modernbert.spark.ModernBertEmbedder;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Paragraphs of text with their vectors, in a folder of Parquet files. */
final class Passages {
  private Passages() {}

  /** Writes the vectors of a folder's texts; how many passages there are. */
  static long index(SparkSession spark, Path texts, Path vectors) {
    Dataset<Row> passages =
        spark
            .read()
            .option("wholetext", true)
            .text(texts.resolve("*.txt").toString())
            .selectExpr(
                "_metadata.file_name AS file", "split(trim(value), '\\n\\\\s*\\n') AS parts")
            .selectExpr("file", "posexplode(parts) AS (number, text)");
    new ModernBertEmbedder()
        .setInputCol("text")
        .setOutputCol("vector")
        .transform(passages)
        .write()
        .mode("overwrite")
        .parquet(vectors.toString());
    return spark.read().parquet(vectors.toString()).count();
  }

  /** The three passages that are nearest to a query by the cosine of their vectors. */
  static List<String> search(SparkSession spark, Path vectors, String query) {
    spark.read().parquet(vectors.toString()).createOrReplaceTempView("passages");
    ModernBert.register(spark, "embed", new ModernBertEmbedder());
    return spark
        .sql(
            """
            SELECT vector_cosine_similarity(passages.vector, query.vector) AS score,
                file, number + 1 AS number, text
            FROM passages CROSS JOIN (SELECT embed(:query) AS vector) AS query
            ORDER BY score DESC LIMIT 3
            """,
            Map.of("query", query))
        .collectAsList()
        .stream()
        .map(row ->
            String.format(
                Locale.ROOT,
                "%.4f  %s #%d  %s",
                row.<Float>getAs("score"),
                row.getAs("file"),
                row.<Integer>getAs("number"),
                row.<String>getAs("text").replaceAll("\\s+", " ")))
        .toList();
  }
}
