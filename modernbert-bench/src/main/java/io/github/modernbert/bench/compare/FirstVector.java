package io.github.modernbert.bench.compare;

import io.github.modernbert.LoadOptions;
import io.github.modernbert.Models;
import io.github.modernbert.Precision;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.bench.Median;
import io.github.modernbert.bench.RunEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Compares the time that a fresh process takes to the first vector of a text, from its start on,
 * with tokenizer and model in files that the system has in memory:
 *
 * <pre>{@code
 * modernbert-bench/run first-vector --python venv/bin/python --threads all --rounds 5
 * }</pre>
 *
 * <p>This library runs without flags, with prepared weights, with an AOT cache of the JDK, and with
 * both, in float32 and in int8; ONNX Runtime and OpenVINO run in Python, as their users start them.
 * Processes take turns; each number is the median of the rounds.
 */
public final class FirstVector {
  private static final String USAGE =
      """
      usage: modernbert-bench/run first-vector --python FILE [OPTION ...]
        --python FILE        a Python with the packages of src/main/python/requirements.txt
        --shape base|large   of the checkpoint (default base)
        --threads N|all      threads of all (default 1)
        --rounds N           processes of each kind (default 2)
        --models DIR         where checkpoints are kept (default modernbert-bench/target/models)
      """;

  private static final String TEXT =
      "12 345 6789 23456 7 89 1011 2021 31 4151 617 18192 5 40 999 3";
  private static final long PATIENCE_SECONDS = 60;

  private final CompareSettings settings;
  private final Launcher launcher;
  private final Path folder;
  private final Path prepared;
  private final String threads;

  /** Commands by what they run; each prints a vector. */
  private final Map<String, List<String>> commands = new LinkedHashMap<>();

  private FirstVector(CompareSettings settings, Path home) throws IOException {
    this.settings = settings;
    folder = CheckpointFolder.of(settings.models(), settings.shape()).toAbsolutePath();
    launcher = new Launcher(settings, home, folder);
    prepared = settings.models().resolve("prepared").toAbsolutePath();
    threads = Integer.toString(settings.threads().getFirst());
  }

  /**
   * The command.
   *
   * @param arguments as the usage says
   */
  public static void main(String[] arguments) throws IOException {
    Path home = Path.of(System.getProperty("modernbert.bench", "modernbert-bench"));
    var settings = CompareSettings.ofCommand(List.of(arguments), home, USAGE);
    if (settings.isPresent()) {
      new FirstVector(settings.get(), home).run();
    }
  }

  /** A fresh process of this library. */
  static final class Ours {
    private Ours() {}

    /**
     * Prints a vector.
     *
     * @param arguments the folder of the model, threads, the text, {@code float32} or {@code int8},
     *     and the folder of prepared weights if they are to be used
     */
    public static void main(String[] arguments) {
      LoadOptions options =
          LoadOptions.defaults()
              .threads(Integer.parseInt(arguments[1]))
              .precision(Precision.of(arguments[3]));
      if (arguments.length > 4) {
        options = options.cacheFolder(Path.of(arguments[4]));
      }
      try (var embedder = TextEmbedder.load(Path.of(arguments[0]), options)) {
        var line = new StringBuilder();
        for (float value : embedder.embed(arguments[2])) {
          line.append(value).append(' ');
        }
        System.out.println(line);
      }
    }
  }

  private void run() throws IOException {
    addOurs("float32", Precision.FLOAT32);
    addOurs("int8", Precision.INT8);
    try {
      launcher.exportOnnx();
      addPeer("ONNX Runtime", "onnxruntime-python");
      addPeer("OpenVINO", "openvino");
    } catch (PeerFailure e) {
      System.err.println("peers are left out: " + e.getMessage());
    }
    Map<String, List<Double>> seconds = new LinkedHashMap<>();
    List<float[]> expected = List.of(measure("float32", new ArrayList<>()));
    commands.keySet().forEach(name -> seconds.put(name, new ArrayList<>()));
    for (String name : List.copyOf(commands.keySet())) {
      // Once without counting, which also brings its files into memory.
      try {
        Agreement.of(expected, List.of(measure(name, new ArrayList<>())))
            .demand(name.startsWith("int8") ? Peer.Precision.INT8 : Peer.Precision.FP32);
      } catch (PeerFailure e) {
        System.err.println(name + " is left out: " + e.getMessage());
        seconds.remove(name);
      }
    }
    for (int round = 0; round < settings.rounds(); round++) {
      for (var entry : seconds.entrySet()) {
        measure(entry.getKey(), entry.getValue());
      }
    }
    print(seconds);
  }

  private void addOurs(String name, Precision precision) throws IOException {
    LoadOptions options =
        LoadOptions.defaults().threads(Integer.parseInt(threads)).precision(precision);
    Models.prepare(folder, Files.createDirectories(prepared), options);
    Path cache = settings.models().resolve(name + ".aot").toAbsolutePath();
    launchToEnd(ours(List.of("-XX:AOTCacheOutput=" + cache), precision, true));
    var flags = List.of("-XX:AOTCache=" + cache);
    commands.put(name, ours(List.of(), precision, false));
    commands.put(name + ", AOT cache", ours(flags, precision, false));
    commands.put(name + ", prepared", ours(List.of(), precision, true));
    commands.put(name + ", prepared, AOT cache", ours(flags, precision, true));
  }

  private List<String> ours(List<String> flags, Precision precision, boolean isPrepared) {
    var all = new ArrayList<>(flags);
    all.add("--enable-native-access=ALL-UNNAMED");
    var command = new ArrayList<>(JavaPrograms.plain(Ours.class, all));
    command.addAll(List.of(folder.toString(), threads, TEXT, precision.key()));
    if (isPrepared) {
      command.add(prepared.toString());
    }
    return command;
  }

  private void addPeer(String name, String runtime) {
    commands.put(
        name, launcher.scriptCommand("first_vector", runtime, folder.toString(), threads, TEXT));
  }

  private void launchToEnd(List<String> command) throws IOException {
    Process process = start(command);
    process.getInputStream().readAllBytes();
    end(process);
  }

  /** Starts a process, adds the seconds until its vector, and gives that. */
  private float[] measure(String name, List<Double> seconds) throws IOException {
    List<String> command = commands.get(name);
    if (command == null) {
      throw new IllegalArgumentException("nothing is called " + name);
    }
    long started = System.nanoTime();
    Process process = start(command);
    String line = process.inputReader().readLine();
    seconds.add((System.nanoTime() - started) / 1e9);
    end(process);
    if (line == null) {
      throw new PeerFailure("it printed no vector, see " + launcher.log("first-vector"));
    }
    String[] numbers = line.strip().split(" ");
    var vector = new float[numbers.length];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = Float.parseFloat(numbers[i]);
    }
    return vector;
  }

  private Process start(List<String> command) throws IOException {
    var builder = new ProcessBuilder(command);
    builder.redirectError(ProcessBuilder.Redirect.appendTo(launcher.log("first-vector").toFile()));
    builder.environment().put("HF_HUB_OFFLINE", "1");
    return builder.start();
  }

  private static void end(Process process) {
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private void print(Map<String, List<Double>> seconds) {
    var text = new StringBuilder("| | |\n| --- | --- |\n");
    RunEnvironment.describe()
        .forEach((name, value) -> text.append("| %s | %s |\n".formatted(name, value)));
    text.append("\nSeconds from the start of a process to its first vector, ")
        .append("%s shape, threads: %s\n\n".formatted(settings.shape(), threads))
        .append("| | median | fastest | slowest |\n| --- | ---: | ---: | ---: |\n");
    seconds.forEach((name, values) -> {
      double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %.2f | %.2f | %.2f |%n",
              name,
              Median.of(values),
              sorted[0],
              sorted[sorted.length - 1]));
    });
    System.out.print(text);
  }
}
