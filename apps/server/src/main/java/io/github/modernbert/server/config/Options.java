package io.github.modernbert.server.config;

import io.github.modernbert.LoadOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags. Each one is a setting of the environment and of the file too. */
final class Options {
  private static final int HIGHEST_PORT = 65_535;

  @Option(
      names = {"--model", "--model-id"},
      paramLabel = "MODEL[=ALIAS]",
      split = ",",
      order = 1,
      description = {
        "Folder of a model, or its name on the Hugging Face Hub; several may be given. ALIAS is"
            + " what requests call it.",
        "Default: the small English model that comes with the program."
      })
  private List<String> models = new ArrayList<>();

  @Option(
      names = "--served-model-name",
      paramLabel = "ALIAS",
      order = 2,
      description = "What requests call the first model.")
  private Optional<String> servedModelName = Optional.empty();

  @Option(
      names = "--revision",
      paramLabel = "REVISION",
      order = 3,
      description = "Branch, tag or commit of the first model on the hub.")
  private Optional<String> revision = Optional.empty();

  @Option(
      names = "--task",
      paramLabel = "ALIAS=TASK",
      split = ",",
      order = 4,
      description =
          "What a model is loaded for, if it can do several tasks, such as"
              + " nli=zero-shot-classification. Default: what it was made for.")
  private Map<String, String> tasks = Map.of();

  @Option(
      names = {"--host", "--hostname"},
      paramLabel = "ADDRESS",
      order = 10,
      description = "The interface to listen at. Default: ${DEFAULT-VALUE}; 0.0.0.0 is all.")
  private String host = "127.0.0.1";

  @Option(
      names = {"--port", "-p"},
      paramLabel = "N",
      order = 11,
      description = "The port to listen at; 0 is any that is free. Default: ${DEFAULT-VALUE}.")
  private int port = 8080;

  @Option(
      names = "--unix-socket",
      paramLabel = "FILE",
      order = 12,
      description = "A socket in the file system to listen at, in place of host and port.")
  private Optional<Path> unixSocket = Optional.empty();

  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      order = 13,
      description = "PEM file of the certificate, with its chain: serves HTTPS.")
  private Optional<Path> tlsCertificate = Optional.empty();

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      order = 14,
      description = "PEM file of the private key (PKCS #8, not encrypted).")
  private Optional<Path> tlsKey = Optional.empty();

  @Option(
      names = "--api-key",
      paramLabel = "KEY",
      split = ",",
      order = 20,
      description =
          "A key that requests must bring as 'Authorization: Bearer KEY'; several may be given."
              + " Other users of the machine can see flags: prefer the file or API_KEY.")
  private List<String> apiKeys = new ArrayList<>();

  @Option(
      names = "--api-key-file",
      paramLabel = "FILE",
      order = 21,
      description = "A file of such keys, one a line.")
  private Optional<Path> apiKeyFile = Optional.empty();

  @Option(
      names = "--cors-allow-origin",
      paramLabel = "ORIGIN",
      split = ",",
      order = 22,
      description =
          "An origin whose pages may use the server from a browser, such as"
              + " https://example.org; several may be given, * is all. Default: none.")
  private List<String> corsAllowOrigin = new ArrayList<>();

  @Option(
      names = "--max-concurrent-requests",
      paramLabel = "N",
      order = 30,
      description = "Requests that compute or wait; more are refused. Default: ${DEFAULT-VALUE}.")
  private int maxConcurrentRequests = 512;

  @Option(
      names = "--max-client-batch-size",
      paramLabel = "N",
      order = 31,
      description = "Texts of a request. Default: ${DEFAULT-VALUE}.")
  private int maxClientBatchSize = 2048;

  @Option(
      names = "--max-batch-tokens",
      paramLabel = "N",
      order = 32,
      description = "Tokens that are computed together. Default: 4096.")
  private Optional<Integer> maxBatchTokens = Optional.empty();

  @Option(
      names = "--payload-limit",
      paramLabel = "BYTES",
      order = 33,
      description = "Size of a request's body. Default: ${DEFAULT-VALUE}.")
  private int payloadLimit = 2_000_000;

  @Option(
      names = "--request-timeout",
      paramLabel = "SECONDS",
      order = 34,
      description =
          "How long a request may take to arrive, and a connection be silent. Default:"
              + " ${DEFAULT-VALUE}.")
  private int requestTimeout = 30;

  @Option(
      names = "--drain-timeout",
      paramLabel = "SECONDS",
      order = 35,
      description =
          "How long requests under way may take when the server stops. Default: ${DEFAULT-VALUE}.")
  private int drainTimeout = 30;

  @Option(
      names = "--auto-truncate",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      order = 40,
      description =
          "Cut texts that are too long unless a request says otherwise. Default: they are refused.")
  private boolean autoTruncate;

  @Option(
      names = "--default-prompt-name",
      paramLabel = "NAME",
      order = 41,
      description = "The model's prompt that comes before texts unless a request names another.")
  private Optional<String> defaultPromptName = Optional.empty();

  @Option(
      names = "--default-prompt",
      paramLabel = "TEXT",
      order = 42,
      description = "A text that comes before texts unless a request names a prompt.")
  private Optional<String> defaultPrompt = Optional.empty();

  @Option(
      names = "--refuse-token-ids",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      order = 43,
      description =
          "Refuse token ids in place of texts: clients may send those of another model's"
              + " tokenizer.")
  private boolean refuseTokenIds;

  @Option(
      names = "--threads",
      paramLabel = "N",
      order = 50,
      description = "Threads that compute. Default: all processors.")
  private Optional<Integer> threads = Optional.empty();

  @Option(
      names = "--kernels",
      paramLabel = "NAME",
      order = 51,
      description =
          "auto, codegen, vector or portable. All give the same bits; auto, the default, is the"
              + " fastest that runs here.")
  private Optional<String> kernels = Optional.empty();

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      order = 52,
      description = "float32, the default, or int8.")
  private Optional<String> precision = Optional.empty();

  @Option(
      names = "--weights",
      paramLabel = "NAME",
      order = 53,
      description = "float32, the default, or bfloat16: half the memory.")
  private Optional<String> weights = Optional.empty();

  @Option(
      names = "--cache",
      paramLabel = "FOLDER",
      order = 54,
      description =
          "Keep packed weights there, as large as they are in memory: the next start with the same"
              + " model maps them. Default: nothing is kept.")
  private Optional<Path> cache = Optional.empty();

  @Option(
      names = "--json-output",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      order = 60,
      description = "Log JSON objects, one a line.")
  private boolean jsonOutput;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      order = 61,
      description = "debug, info, warning or error. Default: ${DEFAULT-VALUE}.")
  private System.Logger.Level logLevel = System.Logger.Level.INFO;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      order = 70,
      description = "Settings: YAML or, if it ends in .properties, properties.")
  private Optional<Path> config = Optional.empty();

  /** The file that the flags or the environment name, before any other setting is known. */
  static @Nullable Path configFile(String[] arguments, Map<String, String> environment) {
    String named = environment.get("CONFIG");
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].equals("--config") && i + 1 < arguments.length) {
        named = arguments[i + 1];
      } else if (arguments[i].startsWith("--config=")) {
        named = arguments[i].substring("--config=".length());
      }
    }
    return named == null || named.isEmpty() ? null : Path.of(named);
  }

  /**
   * The settings.
   *
   * @throws IllegalArgumentException if they contradict each other, or a file cannot be read
   */
  Settings settings() {
    atLeastOne("--max-concurrent-requests", maxConcurrentRequests);
    atLeastOne("--max-client-batch-size", maxClientBatchSize);
    atLeastOne("--payload-limit", payloadLimit);
    atLeastOne("--request-timeout", requestTimeout);
    atLeastOne("--drain-timeout", drainTimeout);
    threads.ifPresent(count -> {
      atLeastOne("--threads", count);
      if (count > LoadOptions.MAX_THREADS) {
        throw new IllegalArgumentException(
            "--threads: expected at most %d, found %d".formatted(LoadOptions.MAX_THREADS, count));
      }
    });
    maxBatchTokens.ifPresent(count -> atLeastOne("--max-batch-tokens", count));
    if (port < 0 || port > HIGHEST_PORT) {
      throw new IllegalArgumentException("--port: expected 0 to 65535, found " + port);
    }
    if (tlsCertificate.isPresent() != tlsKey.isPresent()) {
      throw new IllegalArgumentException("--tls-certificate and --tls-key go together");
    }
    if (unixSocket.isPresent() && tlsKey.isPresent()) {
      throw new IllegalArgumentException("--unix-socket has no TLS");
    }
    if (defaultPrompt.isPresent() && defaultPromptName.isPresent()) {
      throw new IllegalArgumentException(
          "--default-prompt and --default-prompt-name exclude each other");
    }
    return new Settings(
        specs(),
        new Settings.Computing(
            optional(threads), kernels, precision, weights, optional(maxBatchTokens), cache),
        new Settings.Listen(
            host,
            port,
            unixSocket,
            tlsKey.map(key -> new Settings.Tls(tlsCertificate.orElseThrow(), key))),
        new Settings.Limits(
            maxConcurrentRequests,
            maxClientBatchSize,
            payloadLimit,
            Duration.ofSeconds(requestTimeout),
            Duration.ofSeconds(drainTimeout)),
        new Settings.Access(
            keys(), corsAllowOrigin.stream().map(String::strip).map(URI::create).toList()),
        new Settings.Reading(autoTruncate, defaultPromptName, defaultPrompt, refuseTokenIds),
        new Settings.Logging(jsonOutput, logLevel));
  }

  private List<ModelSpec> specs() {
    var specs = new ArrayList<ModelSpec>();
    for (String model : models) {
      specs.add(ModelSpec.parse(model.strip()));
    }
    if (specs.isEmpty() && servedModelName.or(() -> revision).isPresent()) {
      throw new IllegalArgumentException(
          "--served-model-name and --revision are for a model that --model names");
    }
    revision.ifPresent(name -> specs.set(0, specs.getFirst().withRevision(name)));
    servedModelName.ifPresent(name -> specs.set(0, specs.getFirst().withAlias(name)));
    specs.replaceAll(
        spec -> tasks.containsKey(spec.alias()) ? spec.withTask(tasks.get(spec.alias())) : spec);
    List<String> aliases = specs.stream().map(ModelSpec::alias).toList();
    for (String alias : tasks.keySet()) {
      if (!aliases.contains(alias)) {
        throw new IllegalArgumentException(
            "--task: no model is called '%s'; there are %s".formatted(alias, aliases));
      }
    }
    if (aliases.stream().distinct().count() < aliases.size()) {
      throw new IllegalArgumentException(
          "--model: two models are called the same, " + aliases + "; give aliases, MODEL=ALIAS");
    }
    return specs;
  }

  private List<String> keys() {
    Stream<String> lines = Stream.empty();
    if (apiKeyFile.isPresent()) {
      Path file = apiKeyFile.get();
      try {
        List<String> found =
            Files.readAllLines(file).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
        if (found.isEmpty()) {
          throw new IllegalArgumentException("--api-key-file: no key in " + file);
        }
        lines = found.stream();
      } catch (IOException e) {
        throw new IllegalArgumentException("--api-key-file: cannot read " + file, e);
      }
    }
    return Stream.concat(apiKeys.stream().map(String::strip), lines).toList();
  }

  private static void atLeastOne(String flag, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(flag + ": expected at least 1, found " + value);
    }
  }

  private static OptionalInt optional(Optional<Integer> value) {
    return value.map(OptionalInt::of).orElse(OptionalInt.empty());
  }
}
