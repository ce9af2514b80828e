package io.github.modernbert.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.ColBert;
import io.github.modernbert.ColBertOptions;
import io.github.modernbert.CrossEncoder;
import io.github.modernbert.Entity;
import io.github.modernbert.LabelScore;
import io.github.modernbert.SparseEmbedding;
import io.github.modernbert.SparseEncoder;
import io.github.modernbert.SparseOptions;
import io.github.modernbert.TextClassifier;
import io.github.modernbert.TextPair;
import io.github.modernbert.TokenClassifier;
import io.github.modernbert.TokenClassifyOptions;
import io.github.modernbert.TokenEmbeddings;
import io.github.modernbert.testdata.Golden;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The transformers of all tasks but embedding, beside the direct calls on tiny models. */
final class OtherTransformersTest {
  private static final Path EXTRA = Golden.project().resolve("src-test-data/golden-extra");
  private static final Path RERANKER =
      Golden.root().resolve("sentence-transformers/cross-one-label");
  private static final Path CLASSIFIER = EXTRA.resolve("tasks/text-single");
  private static final Path ENTITIES = EXTRA.resolve("tasks/entities");
  private static final Path SPARSE = EXTRA.resolve("sparse/sum-log1p");
  private static final Path COLBERT = EXTRA.resolve("multi-vector/pylate");

  private static final String TEXT = "🥐 Anna lives in Berlin, and Bread is sold here.";
  private static final String QUERY = "Where is the bakery?";

  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark = Sessions.local();
  }

  /** A row with both texts, and one without the second. */
  private static Dataset<Row> pairs() {
    var schema =
        new StructType().add("query", DataTypes.StringType).add("text", DataTypes.StringType);
    return spark
        .createDataFrame(
            List.of(RowFactory.create(QUERY, TEXT), RowFactory.create(QUERY, null)), schema)
        .coalesce(1);
  }

  private static List<Row> results(ModernBertTransformer<?> transformer) {
    List<Row> rows = transformer.transform(pairs()).select("result").collectAsList();
    assertEquals(2, rows.size());
    assertTrue(rows.get(1).isNullAt(0));
    return rows;
  }

  @Test
  void reranker() {
    var transformer =
        new ModernBertReranker()
            .setModel(RERANKER.toString())
            .setQueryCol("query")
            .setDocumentCol("text")
            .setOutputCol("result");
    try (var direct = CrossEncoder.load(RERANKER)) {
      float expected = direct.predict(new TextPair(QUERY, TEXT)).value();
      assertEquals(expected, results(transformer).getFirst().getFloat(0));
    }
    transformer.setModel(
        Golden.root().resolve("sentence-transformers/cross-three-labels").toString());
    Throwable thrown = assertThrows(Exception.class, () -> results(transformer));
    String message = Failures.message(thrown, IllegalArgumentException.class);
    assertTrue(message.contains("use ModernBertClassifier"), message);
  }

  @Test
  void classifier() {
    var transformer =
        new ModernBertClassifier()
            .setModel(CLASSIFIER.toString())
            .setInputCol("text")
            .setOutputCol("result");
    try (var direct = TextClassifier.load(CLASSIFIER)) {
      assertEquals(direct.classify(TEXT).labels(), labels(results(transformer).getFirst()));
      transformer.setInputCol("query").setPairCol("text").setTopK(2).setScoreFunction("none");
      assertEquals(2, labels(results(transformer).getFirst()).size());
      assertEquals(
          direct.classifyPairs(List.of(new TextPair(QUERY, TEXT))).getFirst().best().label(),
          labels(results(transformer).getFirst()).getFirst().label());
    }
    transformer.setScoreFunction("tanh");
    assertThrows(IllegalArgumentException.class, () -> transformer.transform(pairs()));
  }

  private static List<LabelScore> labels(Row row) {
    return row.<Row>getList(0).stream()
        .map(label -> new LabelScore(label.getString(0), label.getFloat(1)))
        .toList();
  }

  @Test
  void entitiesCountCodePoints() {
    var transformer =
        new ModernBertEntityRecognizer()
            .setModel(ENTITIES.toString())
            .setInputCol("text")
            .setOutputCol("result")
            .setIgnoreLabels();
    List<Row> found = results(transformer).getFirst().getList(0);
    try (var direct = TokenClassifier.load(ENTITIES)) {
      var options = TokenClassifyOptions.defaults().ignoreLabels();
      List<Entity> expected = direct.classify(TEXT, options).entities();
      assertFalse(expected.isEmpty());
      assertEquals(expected.size(), found.size());
      for (int i = 0; i < expected.size(); i++) {
        assertEquals(expected.get(i).label(), found.get(i).getString(0));
        assertEquals(expected.get(i).score(), found.get(i).getFloat(1));
        assertEquals(expected.get(i).text(), found.get(i).getString(4));
        int start = TEXT.offsetByCodePoints(0, found.get(i).getInt(2));
        int end = TEXT.offsetByCodePoints(0, found.get(i).getInt(3));
        assertEquals(expected.get(i).text(), TEXT.substring(start, end));
      }
    }
  }

  @Test
  void sparseEncoder() {
    var transformer =
        new ModernBertSparseEncoder()
            .setModel(SPARSE.toString())
            .setInputCol("text")
            .setOutputCol("result")
            .setMaxActiveDims(4);
    try (var direct = SparseEncoder.load(SPARSE)) {
      SparseEmbedding expected = direct.encode(TEXT, SparseOptions.defaults().maxActiveDims(4));
      Row result = results(transformer).getFirst().getStruct(0);
      var ids = new ArrayList<Integer>();
      var weights = new ArrayList<Float>();
      for (int i = 0; i < expected.size(); i++) {
        ids.add(expected.ids()[i]);
        weights.add(expected.values()[i]);
      }
      assertEquals(ids, result.<Integer>getList(0));
      assertEquals(weights, result.<Float>getList(1));

      SparseVector vector = results(transformer.setMlVector(true)).getFirst().getAs(0);
      assertEquals(direct.dimension(), vector.size());
      assertEquals(expected.size(), vector.indices().length);
      assertEquals((double) weights.getFirst(), vector.values()[0]);
    }
  }

  @Test
  void colBert() {
    var transformer =
        new ModernBertColBert()
            .setModel(COLBERT.toString())
            .setInputCol("text")
            .setOutputCol("result");
    try (var direct = ColBert.load(COLBERT)) {
      assertVectors(direct.encodeDocument(TEXT), results(transformer).getFirst());
      var options = ColBertOptions.defaults();
      assertVectors(
          direct.encodeQueries(List.of(TEXT), options).getFirst(),
          results(transformer.setQueries(true)).getFirst());
    }
  }

  private static void assertVectors(TokenEmbeddings expected, Row row) {
    List<scala.collection.Seq<Float>> vectors = row.getList(0);
    assertEquals(expected.size(), vectors.size());
    for (int i = 0; i < vectors.size(); i++) {
      float[] vector = expected.vector(i);
      for (int j = 0; j < vector.length; j++) {
        assertEquals(vector[j], vectors.get(i).apply(j));
      }
    }
  }

  @Test
  void savedTransformersAreTheSame(@TempDir Path folder) throws Exception {
    var reranker = new ModernBertReranker().setModel("m").setQueryCol("q").setPromptText("p: ");
    var classifier = new ModernBertClassifier().setModel("m").setTopK(3);
    var entities = new ModernBertEntityRecognizer().setIgnoreLabels("O", "LOC").setStride(0);
    var sparse = new ModernBertSparseEncoder().setMaxActiveDims(7).setMlVector(true);
    var colBert = new ModernBertColBert().setQueries(true).setTruncate(false);
    assertSame(reranker, ModernBertReranker.load(saved(reranker, folder)));
    assertSame(classifier, ModernBertClassifier.load(saved(classifier, folder)));
    assertSame(entities, ModernBertEntityRecognizer.load(saved(entities, folder)));
    assertSame(sparse, ModernBertSparseEncoder.load(saved(sparse, folder)));
    assertSame(colBert, ModernBertColBert.load(saved(colBert, folder)));
  }

  private static String saved(MLWritable transformer, Path folder) throws Exception {
    String path = folder.resolve(transformer.getClass().getSimpleName()).toUri().toString();
    transformer.save(path);
    return path;
  }

  private static void assertSame(ModernBertTransformer<?> saved, ModernBertTransformer<?> loaded) {
    assertEquals(saved.uid(), loaded.uid());
    for (Param<?> param : saved.params()) {
      assertEquals(value(saved, param), value(loaded, param), param.name());
    }
  }

  private static Object value(ModernBertTransformer<?> transformer, Param<?> param) {
    Object value = transformer.get(transformer.getParam(param.name())).getOrElse(() -> "not set");
    return value instanceof Object[] several ? List.of(several) : value;
  }
}
