package io.github.modernbert.bench.compare;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.tokenizer.EncodeOptions;
import io.github.modernbert.tokenizer.Tokenizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tokens per second of one thread with every kind of tokenizer, beside the {@code tokenizers}
 * library of Hugging Face on the same texts:
 *
 * <pre>{@code
 * modernbert-bench/run tokenizers --python venv/bin/python
 * }</pre>
 *
 * <p>The tokenizers are those of the golden data, and the published ones of {@code
 * ../shared/golden} if they are there; the texts are those of their cases.
 */
public final class TokenizerComparison {
  private static final String TOKENIZER = "tokenizer.json";
  private static final String CASES = "cases.jsonl.gz";
  private static final int ROUNDS = 5;
  private static final double SECONDS_OF_A_ROUND = 1;
  private static final double NANOS = 1e9;

  private TokenizerComparison() {}

  /**
   * The command.
   *
   * @param arguments nothing, or {@code --python FILE} for a Python that has {@code tokenizers}
   */
  public static void main(String[] arguments) throws IOException {
    boolean alone = arguments.length == 0;
    if (!alone && !(arguments.length == 2 && arguments[0].equals("--python"))) {
      System.err.println("usage: modernbert-bench/run tokenizers [--python FILE]");
      System.exit(2);
    }
    System.out.println("| tokenizer | ours, M tokens/s | `tokenizers`, M tokens/s | ratio |");
    System.out.println("| --- | ---: | ---: | ---: |");
    try (Peer peer = alone ? null : new Peer(Path.of(arguments[1]))) {
      for (Path folder : folders()) {
        Tokenizer tokenizer = Tokenizer.load(folder.resolve(TOKENIZER));
        // Some files of the golden data lack an unknown token; errors are not what is measured.
        List<String> texts =
            texts(folder).stream().filter(text -> isTokenized(tokenizer, text)).toList();
        double ours = best(() -> tokensPerSecond(tokenizer, texts));
        double theirs = peer == null ? Double.NaN : peer.measure(folder.resolve(TOKENIZER), texts);
        System.out.printf(
            Locale.ROOT,
            "| %s | %.2f | %s | %s |%n",
            folder.subpath(folder.getNameCount() - 2, folder.getNameCount()),
            ours / 1e6,
            peer == null ? "–" : "%.2f".formatted(theirs / 1e6),
            peer == null ? "–" : "%.1f".formatted(ours / theirs));
      }
    }
  }

  /** The folders of tokenizers that have cases. */
  private static List<Path> folders() {
    Stream<Optional<Path>> parts =
        Stream.of(
            Optional.of(Golden.root().resolve("tokenizers/models")),
            Golden.shared("tokenizers/published"),
            Golden.shared("tokenizers/modernbert"));
    return parts
        .flatMap(Optional::stream)
        .flatMap(part -> Golden.folders(part, TOKENIZER, CASES).stream())
        .toList();
  }

  private static List<String> texts(Path folder) {
    return Golden.jsonLines(folder.resolve(CASES)).stream()
        .map(line -> line.getAsJsonObject().get("text").getAsString())
        .toList();
  }

  private static boolean isTokenized(Tokenizer tokenizer, String text) {
    try {
      tokenizer.encode(text, EncodeOptions.plain());
      return true;
    } catch (ModelFileException e) {
      return false;
    }
  }

  private interface Round {
    double tokensPerSecond();
  }

  private static double best(Round round) {
    double best = 0;
    for (int i = 0; i < ROUNDS; i++) {
      best = Math.max(best, round.tokensPerSecond());
    }
    return best;
  }

  private static double tokensPerSecond(Tokenizer tokenizer, List<String> texts) {
    long tokens = 0;
    long start = System.nanoTime();
    double seconds = 0;
    while (seconds < SECONDS_OF_A_ROUND) {
      for (String text : texts) {
        tokens += tokenizer.encode(text, EncodeOptions.plain()).length();
      }
      seconds = (System.nanoTime() - start) / NANOS;
    }
    return tokens / seconds;
  }

  /** The other library in a process of its own, which waits for a line while we are measured. */
  private static final class Peer implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final Writer requests;

    Peer(Path python) throws IOException {
      Path script =
          Path.of(System.getProperty("modernbert.bench"))
              .resolve("src/main/python/tokenizers_peer.py");
      var builder =
          new ProcessBuilder(python.toString(), script.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT);
      process = builder.start();
      answers = process.inputReader();
      requests = process.outputWriter();
    }

    double measure(Path file, List<String> texts) throws IOException {
      Map<String, Object> request = new LinkedHashMap<>();
      request.put("file", file.toAbsolutePath().toString());
      request.put("texts", texts);
      request.put("rounds", ROUNDS);
      request.put("seconds", SECONDS_OF_A_ROUND);
      requests.write(new Gson().toJson(request));
      requests.write('\n');
      requests.flush();
      String line = answers.readLine();
      if (line == null) {
        throw new PeerFailure("tokenizers_peer.py ended");
      }
      JsonObject answer = JsonParser.parseString(line).getAsJsonObject();
      return answer.get("tokens_per_second").getAsDouble();
    }

    @Override
    public void close() {
      process.destroy();
    }
  }
}
