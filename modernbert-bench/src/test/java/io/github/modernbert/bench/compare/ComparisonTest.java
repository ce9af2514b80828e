package io.github.modernbert.bench.compare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.github.modernbert.KernelChoice;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.bench.compare.Peer.Precision;
import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.testdata.SyntheticModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workloads, settings, sums and reports of the comparison. */
final class ComparisonTest {
  /** Two layers, the first of them global, four hidden dimensions. */
  static ModernBertConfig config(Path folder) {
    try {
      Files.writeString(
          folder.resolve("config.json"),
          """
          {"model_type": "modernbert", "vocab_size": 50368, "hidden_size": 4, "intermediate_size": 6,
           "num_hidden_layers": 2, "num_attention_heads": 2, "local_attention": 4}
          """);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ModernBertConfig.read(folder);
  }

  @Test
  void workloadsAreTheSameInEveryRun() {
    List<Workload> workloads = Workload.all();
    assertEquals(8, workloads.stream().map(Workload::name).distinct().count());
    for (int i = 0; i < workloads.size(); i++) {
      List<int[]> again = Workload.all().get(i).texts();
      assertArrayEquals(workloads.get(i).texts().toArray(), again.toArray());
    }
  }

  @Test
  void mixedLengthsAreWhatTheyAreSaidToBe() {
    int[] lengths = lengths("mixed, log-normal");
    assertEquals(64, lengths.length);
    assertTrue(lengths[0] >= 8 && lengths[63] <= 512);
    assertEquals(90, (lengths[31] + lengths[32]) / 2.0, 5);
    int[] uniform = lengths("mixed, uniform");
    assertEquals(256, Arrays.stream(uniform).average().orElseThrow());
  }

  private static int[] lengths(String workload) {
    return Workload.all().stream()
        .filter(w -> w.name().equals(workload))
        .flatMap(w -> w.texts().stream())
        .mapToInt(ids -> ids.length)
        .sorted()
        .toArray();
  }

  @Test
  void batches() {
    List<int[]> texts = IntStream.rangeClosed(1, 40).mapToObj(int[]::new).toList();
    assertEquals(List.of(32, 8), sizes(Batching.AS_GIVEN, texts));
    assertEquals(List.of(8, 8, 8, 8, 8), sizes(Batching.SORTED, texts));
    assertEquals(List.of(40), sizes(Batching.OWN, texts));
    assertEquals(39, Batching.SORTED.batches(texts).getFirst().getFirst());
    assertEquals(32 * 32 + 8 * 40, Batching.AS_GIVEN.paddedTokens(texts));
    assertEquals(8 * (40 + 32 + 24 + 16 + 8), Batching.SORTED.paddedTokens(texts));
  }

  private static List<Integer> sizes(Batching batching, List<int[]> texts) {
    return batching.batches(texts).stream().map(List::size).toList();
  }

  @Test
  void flopsCountWhatIsSeen(@TempDir Path folder) {
    var flops = new ModelFlops(config(folder));
    // Five tokens see 25 pairs in the global layer, 5 + 2 · (4 + 3) in the one that reaches 2 far.
    long weights = 2 * (4 * 4 * 4 + 3 * 4 * 6) * 5;
    assertEquals(2.0 * (weights + 2 * 4 * (25 + 19)), flops.of(List.of(new int[5])));
  }

  @Test
  void memoryOfAProcess() {
    var memory = Memory.parse(List.of("VmHWM:\t    2048 kB", "VmRSS:\t    1024 kB", "Threads:\t3"));
    assertEquals(new Memory(1 << 20, 2 << 20), memory);
    assertEquals(new Memory(0, 0), Memory.parse(List.of()));
  }

  @Test
  void vectorsTravelUnchanged() {
    float[][] vectors = {{1.5f, -0f}, {Float.MIN_VALUE, Float.NaN}};
    assertArrayEquals(vectors, Wire.decode(Wire.encode(vectors), 2));
  }

  @Test
  void settings() {
    Path home = Path.of("home");
    var settings =
        CompareSettings.parse(
            List.of("--shape", "large", "--threads", "1,all", "--rounds", "7", "--python", "py"),
            home);
    assertEquals(SyntheticModel.LARGE, settings.shape());
    assertEquals(1, settings.threads().getFirst());
    assertEquals(7, settings.rounds());
    assertEquals(home.resolve("target/models"), settings.models());
    for (List<String> wrong :
        List.of(
            List.of("--json"),
            List.of("--shape", "huge"),
            List.of("--threads", "0"),
            List.of("--rounds", "0"),
            List.of("--only", "("),
            List.of("--precision", "int4"),
            List.of("--fast", "yes"))) {
      assertThrows(
          IllegalArgumentException.class,
          () -> CompareSettings.parse(wrong, home),
          wrong.toString());
    }
  }

  @Test
  void precisionsHaveTheirPeers() {
    assertEquals(List.of(Peer.ONNXRUNTIME, Peer.OPENVINO), peers());
    assertEquals(
        List.of(Peer.ONNXRUNTIME_INT8, Peer.OPENVINO_INT8, Peer.OURS_BFLOAT16, Peer.OURS_INT8),
        peers("--precision", "int8"));
    assertEquals(List.of(Peer.TORCH), peers("--peers", "^torch$", "--precision", "int8"));
  }

  private static List<Peer> peers(String... arguments) {
    var settings = CompareSettings.parse(List.of(arguments), Path.of("home"));
    return Stream.of(Peer.values())
        .filter(peer -> settings.peers().matcher(peer.title()).find())
        .toList();
  }

  @Test
  void variantsOfThisLibrary() {
    var exact = LoadOptions.defaults().threads(3).kernels(KernelChoice.VECTOR);
    assertEquals(exact, Ours.options("vector", 3));
    for (Peer peer : Peer.values()) {
      if (peer.isOurs()) {
        LoadOptions options = Ours.options("vector " + peer.variant(), 3);
        assertNotEquals(exact, options);
        assertTrue(peer.title().startsWith("ours-"), peer.title());
      }
    }
    assertThrows(IllegalArgumentException.class, () -> Ours.options("vector int4", 3));
  }

  private static Result result(
      int threads, String workload, String who, Batching batching, Double... seconds) {
    var precision = who.endsWith("int8") ? Precision.INT8 : Precision.FP32;
    return new Result(
        threads,
        workload,
        who,
        precision,
        batching,
        1000,
        3000,
        5e9,
        List.of(seconds),
        new Memory(1, 2_000_000));
  }

  private static ProductResult product(int rows, double ratio) {
    return new ProductResult("768x768", rows, 1e9, 0.2, 0.2 * ratio);
  }

  @Test
  void reportAndGoals() {
    var results =
        List.of(
            result(1, "32 × 128", "ours", Batching.OWN, 1.0, 2.0, 1.5),
            result(1, "32 × 128", "openvino", Batching.AS_GIVEN, 1.7),
            result(1, "32 × 128", "torch", Batching.AS_GIVEN, 3.0),
            result(1, "32 × 128", "openvino-int8", Batching.AS_GIVEN, 0.5),
            result(1, "32 × 128", "onnxruntime-int8", Batching.AS_GIVEN, 0.9),
            result(1, "32 × 128", "ours-int8", Batching.OWN, 0.4),
            result(2, "32 × 128", "ours", Batching.OWN, 0.8),
            result(1, "mixed, uniform", "ours", Batching.OWN, 1.0),
            result(1, "mixed, uniform", "torch", Batching.AS_GIVEN, 3.6),
            result(1, "mixed, uniform", "torch", Batching.SORTED, 1.5));
    var startUp =
        new StartUp(
            "ours",
            2,
            0.5,
            0.1,
            new Memory(600_000_000, 700_000_000),
            new Memory(1, 1_500_000_000));
    var report =
        new ComparisonReport(
            Map.of("CPU", "abacus"),
            10e9,
            results,
            List.of(product(16, 2), product(128, 0.9)),
            List.of(startUp));
    String text = report.markdown();
    for (String part :
        List.of(
            "| CPU | abacus |",
            "| ours | its own | 3000 | 1500.0 | 1990.0 | 667 | 33 % | 1.00 | 3 | 2 |",
            "| openvino | as given | 3000 | 1700.0 | 1700.0 | 588 | 29 % | 1.13 | 1 | 2 |",
            "| openvino-int8 | as given | 3000 | 500.0 | 500.0 | 2000 |  | 0.33 | 1 | 2 |",
            "| 768x768 | 16 | 5.0 | 50 % | 2.5 | 25 % | 2.00 |",
            "lowest ours ÷ ONNX Runtime | ≥ 1.0 | 0.900 | **not met** |",
            "| ours | 2.00 | 0.50 | 0.10 | 600 | 700 | 0 | 1500 |",
            "| 32 × 128: ours ÷ the best fp32 peer | ≥ 1.2 | 1.133 | **not met** |",
            "| mixed, uniform: ours ÷ the best fp32 peer, batches as given | ≥ 3.5 | 3.600 | met |",
            "| mixed, uniform: ours ÷ the best fp32 peer, sorted by length | ≥ 1.6 | 1.500 | **not"
                + " met** |",
            "| 32 × 128: our rate, two threads ÷ one | ≥ 1.85 | 1.875 | met |",
            "| 8192 tokens: resident, GB | ≤ 1.6 | 1.500 | met |",
            "| 32 × 128: ours in int8 ÷ the best int8 peer | ≥ 1.3 | 1.250 | **not met** |",
            "| 1 × 16: ours in int8 ÷ the best int8 peer | ≥ 1.1 |  | not measured |",
            "| 1 × 8192: ours ÷ the best fp32 peer | ≥ 3.0 |  | not measured |")) {
      assertTrue(text.contains(part), part + " in " + text);
    }
    var json = JsonParser.parseString(report.json()).getAsJsonObject();
    assertEquals(10, json.getAsJsonArray("results").size());
    assertEquals(
        "not met",
        json.getAsJsonArray("goals").get(2).getAsJsonObject().get("verdict").getAsString());
  }
}
