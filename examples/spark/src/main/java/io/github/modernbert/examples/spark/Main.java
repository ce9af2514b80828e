package io.github.modernbert.examples.spark;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/** The commands {@code index} and {@code search}. */
public final class Main {
  private static final String USAGE =
      """
      usage: run index TEXTS VECTORS    makes vectors of the paragraphs of the .txt files in TEXTS
             run search VECTORS QUERY   shows the paragraphs that are nearest to the query\
      """;

  private Main() {}

  /** Runs a command in this JVM, or on the cluster that {@code spark.master} names. */
  public static void main(String[] args) throws IOException {
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    if (args.length != 3 || !List.of("index", "search").contains(args[0])) {
      out.println(USAGE);
      System.exit(2);
    }
    try (SparkSession spark =
        SparkSession.builder()
            .appName("modernbert-example")
            .master(System.getProperty("spark.master", "local[*]"))
            .config("spark.ui.enabled", "false")
            .getOrCreate()) {
      run(spark, args, out);
    }
  }

  static void run(SparkSession spark, String[] args, PrintStream out) {
    if (args[0].equals("index")) {
      out.println(Passages.index(spark, Path.of(args[1]), Path.of(args[2])) + " passages");
    } else {
      Passages.search(spark, Path.of(args[1]), args[2]).forEach(out::println);
    }
  }
}
