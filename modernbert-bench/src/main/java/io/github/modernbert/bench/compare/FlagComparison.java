package io.github.modernbert.bench.compare;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.bench.Median;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures what the flags of the JVM change: fresh JVMs with each set of flags take turns to embed
 * 16 texts of 128 tokens with the bundled model on one thread. From a checkout:
 *
 * <pre>{@code
 * modernbert-bench/run flags --rounds 3 --json docs/results/MACHINE/flags.json
 * }</pre>
 */
public final class FlagComparison {
  private static final String USAGE =
      """
      usage: modernbert-bench/run flags [OPTION ...]
        --rounds N     fresh JVMs of each set of flags (default 3)
        --json FILE    write all values there as well
      """;

  private static final String NONE = "no flag";

  private static final List<List<String>> FLAGS =
      List.of(
          List.of(),
          List.of("--enable-native-access=ALL-UNNAMED", "--add-modules=jdk.incubator.vector"),
          List.of("-Dmodernbert.codegen=false", "--add-modules=jdk.incubator.vector"),
          List.of("-Dmodernbert.codegen=false"),
          List.of("-Dmodernbert.codegen=false", "-XX:UseAVX=2"));

  private static final int TEXTS = 16;
  private static final int TOKENS = 128;
  private static final long WARM_UP_NANOS = 8_000_000_000L;
  private static final int RUNS = 30;

  /** The answer of one JVM. */
  private record Rate(String kernels, double tokensPerSecond) {}

  private FlagComparison() {}

  /**
   * The command.
   *
   * @param arguments as {@code --help} says
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int rounds = 3;
    Path json = null;
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--rounds" -> rounds = Integer.parseInt(arguments[++i]);
        case "--json" -> json = Path.of(arguments[++i]);
        default -> {
          System.out.print(USAGE);
          return;
        }
      }
    }
    var rates = new LinkedHashMap<List<String>, List<Rate>>();
    for (int round = 0; round < rounds; round++) {
      for (List<String> flags : FLAGS) {
        rates.computeIfAbsent(flags, _ -> new ArrayList<>()).add(measure(flags));
      }
    }
    print(rates);
    if (json != null) {
      write(rates, json);
    }
  }

  private static Rate measure(List<String> flags) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(JavaPrograms.plain(OneJvm.class, flags))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var answer = process.inputReader()) {
      String kernels = answer.readLine();
      String rate = answer.readLine();
      if (process.waitFor() != 0 || rate == null) {
        throw new IOException("a JVM with the flags " + flags + " failed");
      }
      return new Rate(kernels, Double.parseDouble(rate));
    }
  }

  private static void print(Map<List<String>, List<Rate>> rates) {
    System.out.println("| flags | kernels | tokens/s |\n| --- | --- | ---: |");
    rates.forEach((flags, found) ->
        System.out.printf(
            Locale.ROOT,
            "| %s | %s | %.0f |%n",
            name(flags),
            found.getFirst().kernels(),
            Median.of(found.stream().map(Rate::tokensPerSecond).toList())));
  }

  private static void write(Map<List<String>, List<Rate>> rates, Path json) throws IOException {
    var rows = new JsonArray();
    rates.forEach((flags, found) -> {
      var row = new JsonObject();
      row.addProperty("flags", name(flags));
      row.addProperty("kernels", found.getFirst().kernels());
      var values = new JsonArray();
      found.forEach(rate -> values.add(rate.tokensPerSecond()));
      row.add("tokensPerSecond", values);
      rows.add(row);
    });
    var root = new JsonObject();
    root.add("rows", rows);
    Files.writeString(
        json,
        new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(root) + "\n");
  }

  private static String name(List<String> flags) {
    return flags.isEmpty() ? NONE : String.join(" ", flags);
  }

  /** Prints the kernels that a JVM chose and its tokens a second. */
  static final class OneJvm {
    private OneJvm() {}

    /** The program of the JVM that is measured. */
    public static void main(String[] arguments) {
      List<String> texts = Collections.nCopies(TEXTS, "bread ".repeat(TOKENS - 2).strip());
      try (var embedder = TextEmbedder.bundled(LoadOptions.defaults().threads(1))) {
        int tokens = TEXTS * embedder.embed(texts).tokens(0);
        long start = System.nanoTime();
        while (System.nanoTime() - start < WARM_UP_NANOS) {
          embedder.embed(texts);
        }
        var seconds = new ArrayList<Double>();
        for (int i = 0; i < RUNS; i++) {
          long before = System.nanoTime();
          embedder.embed(texts);
          seconds.add((System.nanoTime() - before) / 1e9);
        }
        System.out.println(embedder.kernels());
        System.out.println(tokens / Median.of(seconds));
      }
    }
  }
}
