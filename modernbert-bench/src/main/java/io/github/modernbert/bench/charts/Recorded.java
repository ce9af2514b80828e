package io.github.modernbert.bench.charts;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.modernbert.bench.Median;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The results that one machine left in a folder.
 *
 * @param machine the line in {@code machine.txt}: the processor and what it can
 * @param float32 of {@code run compare --json float32.json}
 * @param int8 of {@code run compare --precision int8 --json int8.json}
 * @param flags tokens a second of the bundled model by flags, of {@code run flags --json
 *     flags.json}; empty where that was not measured
 */
record Recorded(String machine, List<Pair> float32, List<Pair> int8, Map<String, Double> flags) {

  /**
   * One workload of this library, on one thread, and of the fastest of the others.
   *
   * @param workload as the comparison calls it, such as {@code 32 × 128}
   * @param ours tokens a second
   * @param peer the name of the fastest of the others
   * @param peers its tokens a second
   */
  record Pair(String workload, double ours, String peer, double peers) {
    double ratio() {
      return ours / peers;
    }

    /** The name of the other under which people know it. */
    String peerName() {
      return switch (peer.replace("-int8", "")) {
        case "onnxruntime" -> "ONNX Runtime";
        case "openvino" -> "OpenVINO";
        default -> peer;
      };
    }

    /** The workload in words. */
    String words() {
      String[] parts = workload.split(" × ");
      if (parts.length == 2) {
        return parts[0].equals("1")
            ? "one text of %s tokens".formatted(parts[1])
            : "%s texts of %s tokens".formatted(parts[0], parts[1]);
      }
      return workload.replace("mixed, ", "mixed lengths, ");
    }
  }

  /**
   * Reads a folder.
   *
   * @param folder with {@code machine.txt}, {@code float32.json}, {@code int8.json} and perhaps
   *     {@code flags.json}
   */
  static Recorded read(Path folder) throws IOException {
    JsonObject exact = json(folder.resolve("float32.json"));
    JsonObject integers = json(folder.resolve("int8.json"));
    var flags = new LinkedHashMap<String, Double>();
    if (Files.exists(folder.resolve("flags.json"))) {
      for (JsonElement row : json(folder.resolve("flags.json")).getAsJsonArray("rows")) {
        JsonObject object = row.getAsJsonObject();
        flags.put(
            "%s (%s)".formatted(text(object, "flags"), text(object, "kernels")),
            Median.of(numbers(object, "tokensPerSecond")));
      }
    }
    return new Recorded(
        Files.readString(folder.resolve("machine.txt")).strip(),
        pairs(exact, "FP32", "ours"),
        pairs(integers, "INT8", "ours-int8"),
        flags);
  }

  private static List<Pair> pairs(JsonObject run, String precision, String ourName) {
    var ours = new LinkedHashMap<String, Double>();
    var best = new LinkedHashMap<String, Map.Entry<String, Double>>();
    for (JsonElement element : run.getAsJsonArray("results")) {
      JsonObject result = element.getAsJsonObject();
      if (result.get("threads").getAsInt() != 1 || !text(result, "precision").equals(precision)) {
        continue;
      }
      String workload = text(result, "workload");
      String contestant = text(result, "contestant");
      double rate = result.get("tokens").getAsDouble() / Median.of(numbers(result, "seconds"));
      if (contestant.equals(ourName)) {
        ours.put(workload, rate);
      } else if (!contestant.startsWith("ours")) {
        best.merge(
            workload, Map.entry(contestant, rate), (a, b) -> a.getValue() >= b.getValue() ? a : b);
      }
    }
    var pairs = new ArrayList<Pair>();
    ours.forEach((workload, rate) -> {
      Map.Entry<String, Double> peer = best.get(workload);
      if (peer != null) {
        pairs.add(new Pair(workload, rate, peer.getKey(), peer.getValue()));
      }
    });
    return List.copyOf(pairs);
  }

  private static JsonObject json(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
  }

  private static String text(JsonObject object, String key) {
    return object.get(key).getAsString();
  }

  private static List<Double> numbers(JsonObject object, String key) {
    return object.getAsJsonArray(key).asList().stream().map(JsonElement::getAsDouble).toList();
  }
}
