package io.github.modernbert.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/** The session of the tests: one at a time, since a JVM has one Spark context. */
final class Sessions {
  private Sessions() {}

  /** Driver and executor in this JVM, two tasks at a time. */
  static SparkSession local() {
    return of("local[2]", "");
  }

  /**
   * Two executors in JVMs of their own, with the class path of this one.
   *
   * @param archives what is shipped to them, as {@code --archives} has it
   */
  static SparkSession cluster(String archives) throws IOException {
    // The launcher of executors wants the folder, and finds the class path in the settings below.
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    return of("local-cluster[2,1,1024]", archives);
  }

  private static SparkSession of(String master, String archives) {
    SparkSession.getActiveSession().foreach(session -> stopUnless(session, master));
    return SparkSession.builder()
        .master(master)
        .appName("modernbert-spark")
        .config("spark.archives", archives)
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "localhost")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.warehouse.dir", Path.of("target", "warehouse").toUri().toString())
        .config("spark.executorEnv.JAVA_HOME", System.getProperty("java.home"))
        .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .config("spark.hadoop.fs.counted.impl", CountedFileSystem.class.getName())
        .getOrCreate();
  }

  private static Object stopUnless(SparkSession session, String master) {
    if (!session.sparkContext().master().equals(master)) {
      session.stop();
      SparkSession.clearActiveSession();
      SparkSession.clearDefaultSession();
    }
    return session;
  }
}
