package io.github.modernbert.bench.compare;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A model in a process of its own, which waits for a line while others are measured; see {@link
 * PeerServer}.
 */
final class PeerProcess implements Contestant {
  private static final Gson GSON = new Gson();
  private static final long PATIENCE_SECONDS = 10;

  private final Process process;
  private final BufferedReader answers;
  private final Writer requests;
  private final JsonObject loaded;
  private int texts;

  /**
   * Starts a process and loads a model in it.
   *
   * @param command the server
   * @param log where its standard error goes
   * @param variant what it is asked to load
   * @throws PeerFailure if that fails
   */
  PeerProcess(List<String> command, Path log, String variant, Path folder, int threads) {
    try {
      var builder = new ProcessBuilder(command).redirectError(log.toFile());
      builder.environment().put("HF_HUB_OFFLINE", "1");
      process = builder.start();
    } catch (IOException e) {
      throw new PeerFailure("cannot be started: " + e.getMessage());
    }
    answers = process.inputReader();
    requests = process.outputWriter();
    try {
      loaded =
          ask(
              Map.of(
                  "load",
                  variant,
                  "folder",
                  folder.toAbsolutePath().toString(),
                  "threads",
                  threads));
    } catch (PeerFailure e) {
      close();
      throw e;
    }
  }

  private JsonObject ask(Map<String, Object> request) {
    String line;
    try {
      requests.write(GSON.toJson(request) + "\n");
      requests.flush();
      line = answers.readLine();
    } catch (IOException e) {
      throw new PeerFailure("its process ended: " + e.getMessage());
    }
    if (line == null) {
      throw new PeerFailure("its process ended");
    }
    JsonObject answer = JsonParser.parseString(line).getAsJsonObject();
    if (answer.has("error")) {
      throw new PeerFailure(answer.get("error").getAsString());
    }
    return answer;
  }

  @Override
  public double loadSeconds() {
    return loaded.get("seconds").getAsDouble();
  }

  @Override
  public Map<String, String> versions() {
    var versions = new LinkedHashMap<String, String>();
    loaded
        .getAsJsonObject("versions")
        .asMap()
        .forEach((name, version) -> versions.put(name, version.getAsString()));
    return versions;
  }

  @Override
  public String settings() {
    return loaded.get("settings").getAsString();
  }

  @Override
  public void prepare(List<int[]> texts, List<List<Integer>> batches) {
    this.texts = texts.size();
    ask(Map.of("texts", texts, "batches", batches));
  }

  @Override
  public double[] run(int times) {
    return ask(Map.of("run", times)).getAsJsonArray("seconds").asList().stream()
        .mapToDouble(JsonElement::getAsDouble)
        .toArray();
  }

  @Override
  public float[][] vectors() {
    return Wire.decode(ask(Map.of("vectors", true)).get("vectors").getAsString(), texts);
  }

  @Override
  public Memory memory() {
    JsonObject answer = ask(Map.of("memory", true));
    return new Memory(answer.get("resident").getAsLong(), answer.get("peak").getAsLong());
  }

  /** Lets the process end by itself, and ends it if it does not. */
  @Override
  public void close() {
    try {
      requests.close();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
