package io.github.modernbert.bench.compare;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.reflect.TypeToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lets another process measure a model of this one: a line of JSON in, a line of JSON out, as
 * {@code src/main/python/peer.py} describes.
 */
public final class PeerServer {
  private static final Gson GSON = new Gson();

  private final Loader loader;
  private @Nullable Contestant contestant;

  /** Loads models. */
  @FunctionalInterface
  public interface Loader {
    /**
     * Loads a model.
     *
     * @param name which variant of the peer
     * @param folder the checkpoint
     * @param threads how many threads may compute
     */
    Model load(String name, Path folder, int threads);
  }

  PeerServer(Loader loader) {
    this.loader = loader;
  }

  /** This library, for measurements in a fresh JVM. */
  public static void main(String[] arguments) throws IOException {
    serve((name, folder, threads) -> new Ours(folder, Ours.options(name, threads)));
  }

  /** Answers requests from standard input until it ends. */
  public static void serve(Loader loader) throws IOException {
    PrintStream answers = System.out;
    // Libraries may print to standard output: the answers have it for themselves.
    System.setOut(System.err);
    new PeerServer(loader).serve(System.in, answers);
  }

  void serve(InputStream requests, PrintStream answers) throws IOException {
    var lines = new BufferedReader(new InputStreamReader(requests, StandardCharsets.UTF_8));
    for (String line; (line = lines.readLine()) != null; ) {
      var answer = new JsonObject();
      try {
        answer(JsonParser.parseString(line).getAsJsonObject(), answer);
      } catch (RuntimeException | LinkageError e) {
        e.printStackTrace();
        answer.addProperty("error", e.toString());
      }
      answers.println(GSON.toJson(answer));
      answers.flush();
    }
  }

  private void answer(JsonObject request, JsonObject answer) {
    if (request.has("load")) {
      contestant = new LocalContestant(() -> load(request));
      answer.addProperty("seconds", contestant.loadSeconds());
      answer.add("versions", GSON.toJsonTree(contestant.versions()));
      answer.addProperty("settings", contestant.settings());
      return;
    }
    Contestant loaded = Objects.requireNonNull(contestant, "nothing is loaded");
    if (request.has("texts")) {
      loaded.prepare(
          read(request.get("texts"), new TypeToken<List<int[]>>() {}),
          read(request.get("batches"), new TypeToken<List<List<Integer>>>() {}));
    } else if (request.has("run")) {
      answer.add("seconds", GSON.toJsonTree(loaded.run(request.get("run").getAsInt())));
    } else if (request.has("vectors")) {
      answer.addProperty("vectors", Wire.encode(loaded.vectors()));
    } else if (request.has("memory")) {
      Memory memory = loaded.memory();
      answer.addProperty("resident", memory.resident());
      answer.addProperty("peak", memory.peak());
    } else {
      throw new IllegalArgumentException("unknown request " + request.keySet());
    }
  }

  private Model load(JsonObject request) {
    return loader.load(
        request.get("load").getAsString(),
        Path.of(request.get("folder").getAsString()),
        request.get("threads").getAsInt());
  }

  private static <T> T read(JsonElement json, TypeToken<T> type) {
    return GSON.fromJson(json, type);
  }
}
