package io.github.modernbert.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.modernbert.testdata.Golden;
import java.nio.file.Path;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The examples of the Javadoc: compiled, and run on the bundled model or a golden one. */
final class SnippetsTest {
  private static final Path EXTRA = Golden.project().resolve("src-test-data/golden-extra");

  private static SparkSession spark;
  private static Dataset<Row> pages;

  @BeforeAll
  static void start() {
    spark = Sessions.local();
    pages = spark.sql("SELECT 1 AS id, 'Where is bread?' AS query, 'Bread is sold here.' AS text");
    pages.createOrReplaceTempView("pages");
  }

  @Test
  void embed() {
    // @start region="embed"
    Dataset<Row> vectors =
        new ModernBertEmbedder() // .setModel("hdfs:///models/gte-modernbert-base")
            .setInputCol("text")
            .setOutputCol("vector")
            .transform(pages);
    // @end
    assertEquals(384, vectors.first().getList(3).size());
  }

  @Test
  void rerank() {
    String model = Golden.root().resolve("sentence-transformers/cross-one-label").toString();
    // @start region="rerank"
    Dataset<Row> scores =
        new ModernBertReranker()
            .setModel(model)
            .setQueryCol("query")
            .setDocumentCol("text")
            .setOutputCol("score")
            .transform(pages);
    // @end
    assertEquals(1, scores.where("score IS NOT NULL").count());
  }

  @Test
  void classify() {
    String model = EXTRA.resolve("tasks/text-single").toString();
    // @start region="classify"
    Dataset<Row> labels =
        new ModernBertClassifier()
            .setModel(model)
            .setInputCol("text")
            .setOutputCol("labels")
            .transform(pages)
            .selectExpr("id", "labels[0].label AS label", "labels[0].score AS score");
    // @end
    assertEquals(1, labels.where("label IS NOT NULL").count());
  }

  @Test
  void entities() {
    String model = EXTRA.resolve("tasks/entities").toString();
    // @start region="entities"
    Dataset<Row> entities =
        new ModernBertEntityRecognizer()
            .setModel(model)
            .setInputCol("text")
            .setOutputCol("entities")
            .transform(pages)
            .selectExpr("id", "text", "inline(entities) AS (label, score, start, end, entity)");
    // @end
    assertEquals(
        entities.count(),
        entities.where("entity = substring(text, start + 1, end - start)").count());
  }

  @Test
  void sparse() {
    String model = EXTRA.resolve("sparse/sum-log1p").toString();
    // @start region="sparse"
    Dataset<Row> weights =
        new ModernBertSparseEncoder()
            .setModel(model)
            .setInputCol("text")
            .setOutputCol("sparse")
            .transform(pages)
            .selectExpr("id", "explode(arrays_zip(sparse.ids, sparse.weights)) AS weight");
    // @end
    assertEquals(1, weights.select("id").distinct().count());
  }

  @Test
  void colbert() {
    String model = EXTRA.resolve("multi-vector/pylate").toString();
    // @start region="colbert"
    Dataset<Row> vectors =
        new ModernBertColBert()
            .setModel(model)
            .setInputCol("text")
            .setOutputCol("vectors")
            .transform(pages);
    // @end
    assertEquals(1, vectors.where("size(vectors) > 0").count());
  }

  @Test
  void sql() {
    // @start region="sql"
    ModernBert.register(spark, "embed", new ModernBertEmbedder());
    Dataset<Row> vectors = spark.sql("SELECT id, embed(text) AS vector FROM pages");
    // @end
    assertEquals(384, vectors.first().getList(1).size());
  }

  @Test
  void pipeline() {
    // @start region="pipeline"
    var embedder =
        new ModernBertEmbedder().setInputCol("text").setOutputCol("features").setMlVector(true);
    var pipeline = new Pipeline().setStages(new PipelineStage[] {embedder});
    // @end
    assertEquals(1, pipeline.fit(pages).transform(pages).count());
  }
}
