package io.github.modernbert.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.TextEmbedder;
import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executors in JVMs of their own: what is sent to them, what they load, and what they survive. */
final class ClusterTest {
  private static final Path MODEL = Golden.root().resolve("sentence-transformers/pool-mean");
  private static final String FOLDER = MODEL.toAbsolutePath().toString();
  private static final int ROWS = 200;

  private static SparkSession spark;
  private static TextEmbedder direct;

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    Path archive = folder.resolve("model.zip");
    try (var zip = new ZipOutputStream(Files.newOutputStream(archive));
        Stream<Path> files = Files.walk(MODEL)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        zip.putNextEntry(new ZipEntry(MODEL.relativize(file).toString()));
        Files.copy(file, zip);
      }
    }
    spark = Sessions.cluster(archive + "#shipped");
    direct = TextEmbedder.load(MODEL);
  }

  @AfterAll
  static void close() {
    direct.close();
    spark.stop();
  }

  private static String text(int id) {
    return "text " + "word ".repeat(id % 13) + id;
  }

  private static Dataset<Row> texts(int partitions) {
    var rows = new ArrayList<Row>();
    for (int id = 0; id < ROWS; id++) {
      rows.add(RowFactory.create(id, text(id)));
    }
    var schema =
        new StructType().add("id", DataTypes.IntegerType).add("text", DataTypes.StringType);
    return spark.createDataFrame(rows, schema).repartition(partitions);
  }

  private static void assertBits(List<Row> rows) {
    var ids = new HashSet<Integer>();
    for (Row row : rows) {
      ids.add(row.getInt(0));
      List<Float> values = row.getList(2);
      float[] expected = direct.embed(text(row.getInt(0)));
      assertEquals(expected.length, values.size());
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], values.get(i));
      }
    }
    assertEquals(ROWS, ids.size());
  }

  private static ModernBertEmbedder embedder(String model) {
    return new ModernBertEmbedder().setModel(model).setInputCol("text").setOutputCol("vector");
  }

  @Test
  void executorsLoadTheFolderOfTheirNode() {
    assertBits(embedder(FOLDER).transform(texts(4)).collectAsList());
  }

  @Test
  void archivesOfTheApplicationAreShipped() {
    assertBits(embedder("shipped").transform(texts(4)).collectAsList());
  }

  @Test
  void jobGoesOnWithoutAnExecutor() {
    var killed = new AtomicReference<ProcessHandle>();
    var listener =
        new SparkListener() {
          @Override
          public void onTaskEnd(SparkListenerTaskEnd end) {
            if (killed.get() == null) {
              ProcessHandle executor = executors().getFirst();
              executor.destroyForcibly();
              killed.set(executor);
            }
          }
        };
    spark.sparkContext().addSparkListener(listener);
    try {
      assertBits(embedder(FOLDER).transform(texts(40)).collectAsList());
    } finally {
      spark.sparkContext().removeSparkListener(listener);
    }
    assertTrue(killed.get() != null, "no task ended while the job ran");
  }

  /** Says which kernels compute a model where it runs. */
  private record Kernels(String folder) implements MapPartitionsFunction<Row, String> {
    @Override
    public Iterator<String> call(Iterator<Row> rows) {
      try (var embedder = TextEmbedder.load(folder)) {
        return List.of(embedder.kernels()).iterator();
      }
    }
  }

  @Test
  void fastKernelsRunByTheFlagsOfSparksLauncher() {
    // No flag is set by the test: Spark adds those that it starts executors with.
    List<String> found =
        texts(2).mapPartitions(new Kernels(FOLDER), Encoders.STRING()).collectAsList();
    assertEquals(Set.of(direct.kernels()), Set.copyOf(found));
    assertFalse(direct.kernels().startsWith("portable"), direct.kernels());
  }

  /** The JVMs of executors, which Spark's local cluster starts as children of this one. */
  private static List<ProcessHandle> executors() {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().command().orElse("").endsWith("java"))
        .toList();
  }
}
