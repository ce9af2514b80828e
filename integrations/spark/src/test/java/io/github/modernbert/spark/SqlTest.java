package io.github.modernbert.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.EmbedOptions;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.testdata.Golden;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The functions of SQL. */
final class SqlTest {
  private static final Path MODEL = Golden.root().resolve("sentence-transformers/pool-mean");

  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark = Sessions.local();
  }

  private static List<Float> values(float[] vector) {
    var values = new ArrayList<Float>();
    for (float value : vector) {
      values.add(value);
    }
    return values;
  }

  @Test
  void embedIsTheEmbedder() {
    ModernBert.register(
        spark, "embed", new ModernBertEmbedder().setModel(MODEL.toString()).setNormalize(true));
    Row row = spark.sql("SELECT embed('Bread'), embed(''), embed(CAST(NULL AS STRING))").first();
    try (var direct = TextEmbedder.load(MODEL)) {
      var options = EmbedOptions.defaults().normalize(true);
      assertEquals(values(direct.embed("Bread", options)), row.<Float>getList(0));
      assertEquals(values(direct.embed("", options)), row.<Float>getList(1));
    }
    assertTrue(row.isNullAt(2));
    assertThrows(
        IllegalArgumentException.class,
        () -> ModernBert.register(spark, "embed", new ModernBertEmbedder().setMlVector(true)));
  }

  @Test
  void functionOfAClassTakesTheModelToo() {
    spark
        .udf()
        .registerJava(
            "embed_with",
            EmbedFunction.class.getName(),
            DataTypes.createArrayType(DataTypes.FloatType));
    Row row =
        spark
            .sql(
                "SELECT embed_with(text, '%s') FROM VALUES ('Bread'), (NULL) AS t(text)"
                    .formatted(MODEL))
            .first();
    try (var direct = TextEmbedder.load(MODEL)) {
      assertEquals(values(direct.embed("Bread")), row.<Float>getList(0));
    }
  }
}
