package io.github.modernbert.examples.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both commands, on the texts of the Lucene example and the bundled model. */
final class ExampleTest {
  @Test
  void nearestPassagesAreFound(@TempDir Path folder) throws IOException {
    Path vectors = folder.resolve("vectors");
    Path texts = Path.of(System.getProperty("modernbert.root"), "examples/lucene/texts");
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "localhost")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate()) {
      assertTrue(Passages.index(spark, texts, vectors) > 20);
      List<String> found = Passages.search(spark, vectors, "Where can I get my shoes repaired?");
      assertEquals(3, found.size());
      assertTrue(found.getFirst().contains("mends footwear"), found.getFirst());
    }
  }
}
