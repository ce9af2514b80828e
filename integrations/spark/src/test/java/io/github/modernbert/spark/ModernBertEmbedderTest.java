package io.github.modernbert.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.EmbedOptions;
import io.github.modernbert.Embedding;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.testdata.Golden;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Vectors from a dataset beside those of the direct call, on a tiny model. */
final class ModernBertEmbedderTest {
  private static final Path MODEL = Golden.root().resolve("sentence-transformers/pool-mean");
  private static final List<@Nullable String> TEXTS =
      Arrays.asList("Bread is sold here.", null, "", "It rained all day.", "Wo ist der Bäcker? 🥐");

  private static SparkSession spark;
  private static TextEmbedder direct;

  @BeforeAll
  static void start() {
    spark = Sessions.local();
    direct = TextEmbedder.load(MODEL);
  }

  @AfterAll
  static void close() {
    direct.close();
  }

  private static ModernBertEmbedder embedder() {
    return new ModernBertEmbedder()
        .setModel(MODEL.toString())
        .setInputCol("text")
        .setOutputCol("vector");
  }

  private static Dataset<Row> texts(List<@Nullable String> texts) {
    List<Row> rows =
        IntStream.range(0, texts.size()).mapToObj(i -> RowFactory.create(i, texts.get(i))).toList();
    var schema =
        new StructType().add("id", DataTypes.IntegerType).add("text", DataTypes.StringType);
    return spark.createDataFrame(rows, schema);
  }

  private static float[] vector(Row row, String column) {
    List<Float> values = row.getList(row.fieldIndex(column));
    var vector = new float[values.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = values.get(i);
    }
    return vector;
  }

  @Test
  void vectorsHaveTheBitsOfTheDirectCall() {
    List<Row> rows = embedder().transform(texts(TEXTS)).collectAsList();
    assertEquals(TEXTS.size(), rows.size());
    for (int i = 0; i < rows.size(); i++) {
      String text = TEXTS.get(i);
      assertEquals(i, rows.get(i).getInt(0));
      assertEquals(text, rows.get(i).getString(1));
      if (text == null) {
        assertTrue(rows.get(i).isNullAt(2));
      } else {
        assertArrayEquals(direct.embed(text), vector(rows.get(i), "vector"));
      }
    }
  }

  @Test
  void optionsAreThoseOfTheLibrary() {
    Path model = Golden.root().resolve("sentence-transformers/prompts-default");
    try (var embedder = TextEmbedder.load(model)) {
      String name = embedder.info().prompts().keySet().iterator().next();
      EmbedOptions options =
          EmbedOptions.defaults().prompt(name).dimensions(5).normalize(true).maxLength(12);
      var transformer =
          embedder()
              .setModel(model.toString())
              .setPrompt(name)
              .setDimensions(5)
              .setNormalize(true)
              .setMaxLength(12)
              .setTokensCol("tokens")
              .setTruncatedCol("cut");
      String text = "A text that is longer than what is read of it, by far, and by intention.";
      Row row = transformer.transform(texts(List.of(text))).first();
      Embedding expected = embedder.embed(List.of(text), options).asList().getFirst();
      assertArrayEquals(expected.vector(), vector(row, "vector"));
      assertEquals(expected.tokens(), row.<Integer>getAs("tokens"));
      assertEquals(true, row.<Boolean>getAs("cut"));
      assertTrue(expected.truncated());

      Row plain =
          embedder()
              .setModel(model.toString())
              .setPromptText("")
              .transform(texts(List.of("x")))
              .first();
      assertArrayEquals(
          embedder.embed("x", EmbedOptions.defaults().promptText("")), vector(plain, "vector"));
    }
  }

  @Test
  void severalColumnsAreComputedTogether() {
    var schema =
        new StructType().add("title", DataTypes.StringType).add("body", DataTypes.StringType);
    Dataset<Row> pages =
        spark.createDataFrame(
            List.of(RowFactory.create("A", "b c d"), RowFactory.create(null, "e")), schema);
    var transformer =
        new ModernBertEmbedder()
            .setModel(MODEL.toString())
            .setInputCols("title", "body")
            .setOutputCols("titleVector", "bodyVector");
    List<Row> rows = transformer.transform(pages).collectAsList();
    assertArrayEquals(direct.embed("A"), vector(rows.get(0), "titleVector"));
    assertArrayEquals(direct.embed("b c d"), vector(rows.get(0), "bodyVector"));
    assertTrue(rows.get(1).isNullAt(2));
    assertArrayEquals(direct.embed("e"), vector(rows.get(1), "bodyVector"));
  }

  @Test
  void mlVectorsAreTheSameNumbers() {
    Row row = embedder().setMlVector(true).transform(texts(List.of("Bread"))).first();
    double[] values = row.<Vector>getAs("vector").toArray();
    float[] expected = direct.embed("Bread");
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], values[i]);
    }
    assertEquals(expected.length, values.length);
  }

  @Test
  void otherColumnsStayAsTheyAre() {
    Dataset<Row> wide =
        spark.sql(
            """
            SELECT 'Bread' AS text, 1L AS long, 1.5BD AS decimal, X'0102' AS bytes,
              TIMESTAMP '2026-01-02 03:04:05' AS time, DATE '2026-01-02' AS day,
              array(1, NULL) AS numbers, map('a', 1) AS pairs,
              named_struct('x', 1, 'y', 'z') AS inner,
              CAST(NULL AS INT) AS nothing
            """);
    Dataset<Row> result = embedder().transform(wide);
    assertEquals(wide.schema().catalogString(), result.drop("vector").schema().catalogString());
    assertEquals(wide.first(), result.drop("vector").first());
  }

  @Test
  void partitionsDoNotChangeAnything() {
    List<@Nullable String> texts = new ArrayList<>();
    IntStream.range(0, 300).forEach(i -> texts.add("word ".repeat(i % 17) + i));
    var transformer = embedder().setTokenBudget(64);
    // All rows in one of eight partitions, the others are empty.
    Dataset<Row> skewed = texts(texts).repartition(8, functions.lit(1));
    for (Dataset<Row> dataset : List.of(texts(texts), texts(texts).repartition(3), skewed)) {
      List<Row> rows = transformer.transform(dataset).collectAsList();
      assertEquals(texts.size(), rows.size());
      for (Row row : rows) {
        assertArrayEquals(direct.embed(texts.get(row.getInt(0))), vector(row, "vector"));
      }
    }
  }

  @Test
  void refusedRowsAreToldOfBesideThem() {
    String longText = "word ".repeat(50);
    var transformer =
        embedder()
            .setMaxLength(16)
            .setTruncate(false)
            .setErrorCol("problem")
            .setTokensCol("tokens");
    List<Row> rows =
        transformer
            .transform(texts(Arrays.asList("short", longText, null, "also short")).coalesce(1))
            .collectAsList();
    assertArrayEquals(direct.embed("short"), vector(rows.get(0), "vector"));
    assertNull(rows.get(0).getAs("problem"));
    assertTrue(rows.get(1).isNullAt(rows.get(1).fieldIndex("vector")));
    assertTrue(rows.get(1).isNullAt(rows.get(1).fieldIndex("tokens")));
    String problem = rows.get(1).getAs("problem");
    assertTrue(problem.startsWith("column 'text': "), problem);
    assertTrue(problem.contains("16"), problem);
    assertNull(rows.get(2).getAs("problem"));
    assertArrayEquals(direct.embed("also short"), vector(rows.get(3), "vector"));
  }

  @Test
  void refusedRowEndsTheJobWithItsPlace() {
    Dataset<Row> result =
        embedder()
            .setMaxLength(16)
            .setTruncate(false)
            .transform(texts(List.of("short", "word ".repeat(50))).coalesce(1));
    Throwable thrown = assertThrows(Exception.class, result::collectAsList);
    String message = Failures.message(thrown, IllegalArgumentException.class);
    assertTrue(message.startsWith("partition 0, row 1 (from 0), column 'text': "), message);
  }

  @Test
  void optionsThatDoNotFitTheModelEndTheJob() {
    Dataset<Row> result =
        embedder().setDimensions(9999).setErrorCol("problem").transform(texts(List.of("x")));
    Throwable thrown = assertThrows(Exception.class, result::collectAsList);
    String message = Failures.message(thrown, IllegalArgumentException.class);
    assertTrue(message.contains("9999"), message);
  }

  @Test
  void parametersAreChecked() {
    Dataset<Row> dataset = texts(List.of("x"));
    assertRefused(() -> new ModernBertEmbedder().transform(dataset), "outputCol is not set");
    assertRefused(
        () -> new ModernBertEmbedder().setOutputCol("v").transform(dataset), "inputCol is not set");
    assertRefused(() -> embedder().setInputCol("none").transform(dataset), "'none'");
    assertRefused(() -> embedder().setInputCol("id").transform(dataset), "must hold strings");
    assertRefused(() -> embedder().setOutputCol("text").transform(dataset), "is there already");
    assertRefused(() -> embedder().setErrorCol("vector").transform(dataset), "is there already");
    assertRefused(() -> embedder().setInputCols("text").transform(dataset), "inputCol");
    assertRefused(() -> embedder().setPrompt("a").setPromptText("b").transform(dataset), "both");
    assertRefused(() -> embedder().setPrecision("int4"), "int4");
    assertThrows(IllegalArgumentException.class, () -> embedder().setDimensions(0));
  }

  private static void assertRefused(Executable call, String part) {
    Throwable thrown = assertThrows(IllegalArgumentException.class, call);
    String message = Failures.message(thrown, IllegalArgumentException.class);
    assertTrue(message.contains(part), message);
  }

  @Test
  void savedPipelinesHoldNamesAndNoWeights(@TempDir Path folder) throws Exception {
    var pipeline =
        new Pipeline()
            .setStages(new PipelineStage[] {embedder().setMaxLength(9).setNormalize(true)});
    Dataset<Row> dataset = texts(TEXTS);
    PipelineModel fitted = pipeline.fit(dataset);
    String path = folder.resolve("pipeline").toUri().toString();
    fitted.save(path);
    PipelineModel loaded = PipelineModel.load(path);
    assertEquals(
        fitted.transform(dataset).collectAsList(), loaded.transform(dataset).collectAsList());
    var stage = (ModernBertEmbedder) loaded.stages()[0];
    assertEquals(fitted.stages()[0].uid(), stage.uid());
    assertEquals(MODEL.toString(), stage.getOrDefault(stage.model()));
    try (var files = Files.walk(folder)) {
      assertTrue(files.allMatch(file -> file.toFile().length() < 10_000));
    }
  }

  @Test
  void copiesAreIndependent() {
    ModernBertEmbedder first = embedder();
    ModernBertEmbedder second = first.copy(new ParamMap());
    second.setOutputCol("other");
    assertEquals("vector", first.getOrDefault(first.outputCol()));
    assertEquals(first.uid(), second.uid());
  }

  @Test
  void bundledModelNeedsNoName() {
    Row row =
        new ModernBertEmbedder()
            .setInputCol("text")
            .setOutputCol("vector")
            .transform(texts(List.of("Bread is sold here.")))
            .first();
    try (var bundled = TextEmbedder.bundled()) {
      assertArrayEquals(bundled.embed("Bread is sold here."), vector(row, "vector"));
    }
  }

  @Test
  void modelIsLoadedOnceForAllTasks() {
    embedder().transform(texts(TEXTS).repartition(4)).collectAsList();
    int loaded = ExecutorModels.SHARED.size();
    embedder().transform(texts(TEXTS).repartition(4)).collectAsList();
    assertEquals(loaded, ExecutorModels.SHARED.size());
  }

  @Test
  void brokenModelFailsWithItsOwnMessage(@TempDir Path folder) {
    Dataset<Row> result = embedder().setModel(folder.toString()).transform(texts(List.of("x")));
    Throwable thrown = assertThrows(Exception.class, result::collectAsList);
    String message = Failures.message(thrown, ModelFileException.class);
    assertTrue(message.contains(folder.toString()), message);
    assertTrue(Failures.text(thrown).contains(message), Failures.text(thrown));
  }
}
