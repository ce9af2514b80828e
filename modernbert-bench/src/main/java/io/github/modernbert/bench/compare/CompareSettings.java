package io.github.modernbert.bench.compare;

import io.github.modernbert.testdata.SyntheticModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The settings that the command line of the comparison asks for.
 *
 * @param shape of the checkpoint
 * @param threads numbers of threads, one after the other
 * @param rounds in which each contestant has its turn
 * @param only a regular expression that is found in the names of workloads to run
 * @param peers a regular expression that is found in the names of peers to run
 * @param kernels of this library, as in {@link io.github.modernbert.LoadOptions}
 * @param python with the packages of peers, if there is one
 * @param models where checkpoints are kept
 * @param json where to write the results as well, if anywhere
 */
record CompareSettings(
    SyntheticModel shape,
    List<Integer> threads,
    int rounds,
    Pattern only,
    Pattern peers,
    String kernels,
    @Nullable Path python,
    Path models,
    @Nullable Path json) {
  static final String USAGE =
      """
      usage: modernbert-bench/run compare [OPTION ...]
        --shape base|large   of the checkpoint (default base)
        --threads N,...      numbers of threads, or all (default 1)
        --rounds N           in which each has its turn (default 2)
        --only REGEX         workloads whose name matches somewhere, such as '32 × 128|mixed',
                             products or start-up
        --peers REGEX        peers whose name matches somewhere, '' for all and none for none; there are
                             onnxruntime, openvino, torch, torch-compiled, sentence-transformers,
                             onnxruntime-int8, openvino-weights-int8, openvino-int8, and this
                             library with other numbers: ours-bfloat16, ours-int8
                             (default '^(onnxruntime|openvino)$')
        --precision NAME     whose peers are the default: float32, or int8, which is this library in int8 and
                             with bfloat16 weights, onnxruntime-int8 and openvino-int8
        --kernels NAME       this library's: auto, codegen, vector or portable (default auto)
        --python FILE        a Python with the packages of src/main/python/requirements.txt
        --models DIR         where checkpoints are kept (default modernbert-bench/target/models)
        --json FILE          write the results there as well
      """;

  private static final int ROUNDS = 2;

  /** The peers that goals are about most often, to keep the run short; by precision. */
  private static final Map<String, Pattern> PEERS =
      Map.of(
          "float32",
          Pattern.compile("^(onnxruntime|openvino)$"),
          "int8",
          Pattern.compile("^(ours|onnxruntime-int8$|openvino-int8$)"));

  CompareSettings {
    if (rounds < 1) {
      throw new IllegalArgumentException("--rounds must be at least 1, found " + rounds);
    }
    for (int count : threads) {
      if (count < 1) {
        throw new IllegalArgumentException("--threads must be at least 1, found " + count);
      }
    }
  }

  /**
   * Reads arguments.
   *
   * @param home the folder of the module
   * @throws IllegalArgumentException if they cannot be understood
   */
  static CompareSettings parse(List<String> arguments, Path home) {
    var shape = SyntheticModel.BASE;
    List<Integer> threads = List.of(1);
    int rounds = ROUNDS;
    var only = Pattern.compile("");
    Pattern peers = null;
    String precision = "float32";
    String kernels = "auto";
    Path python = null;
    Path models = home.resolve("target/models");
    Path json = null;
    for (Iterator<String> rest = arguments.iterator(); rest.hasNext(); ) {
      String name = rest.next();
      if (!rest.hasNext()) {
        throw new IllegalArgumentException("%s is unknown or needs a value".formatted(name));
      }
      String value = rest.next();
      switch (name) {
        case "--shape" -> shape = SyntheticModel.valueOf(value.toUpperCase(Locale.ROOT));
        case "--threads" -> threads = threads(value);
        case "--rounds" -> rounds = Integer.parseInt(value);
        case "--only" -> only = Pattern.compile(value);
        case "--peers" -> peers = Pattern.compile(value);
        case "--precision" -> precision = value;
        case "--kernels" -> kernels = value;
        case "--python" -> python = Path.of(value);
        case "--models" -> models = Path.of(value);
        case "--json" -> json = Path.of(value);
        default -> throw new IllegalArgumentException("unknown argument " + name);
      }
    }
    Pattern usual = PEERS.get(precision);
    if (usual == null) {
      throw new IllegalArgumentException("--precision must be float32 or int8, found " + precision);
    }
    return new CompareSettings(
        shape,
        threads,
        rounds,
        only,
        Objects.requireNonNullElse(peers, usual),
        kernels,
        python,
        models,
        json);
  }

  /**
   * Reads the arguments of a command. Prints its usage if that is asked for, and ends the JVM with
   * exit status 2 if they cannot be understood.
   *
   * @param home the folder of the module
   * @return the settings; empty if the usage was printed
   */
  static Optional<CompareSettings> ofCommand(List<String> arguments, Path home, String usage) {
    if (arguments.contains("--help")) {
      System.out.print(usage);
      return Optional.empty();
    }
    try {
      return Optional.of(parse(arguments, home));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(usage);
      System.exit(2);
      throw e;
    }
  }

  private static List<Integer> threads(String value) {
    return Arrays.stream(value.split(","))
        .map(part ->
            part.equals("all")
                ? Runtime.getRuntime().availableProcessors()
                : Integer.parseInt(part))
        .distinct()
        .toList();
  }
}
