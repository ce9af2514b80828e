package io.github.modernbert.bench.compare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.bench.compare.Peer.Precision;
import io.github.modernbert.bench.compare.Workload.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way of a comparison, with models that compute next to nothing. */
final class ContestTest implements Contest.Listener {
  private static final Workload TINY =
      new Workload("tiny", Kind.MIXED, List.of(new int[] {1, 2}, new int[] {3, 4, 5, 6}));

  @TempDir private Path folder;

  private final List<String> progress = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();

  private PeerProcess process(String variant) {
    var command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            FakePeer.class.getName());
    return new PeerProcess(command, folder.resolve("log"), variant, folder, 1);
  }

  @Test
  void processesAnswer() {
    try (var peer = process("right")) {
      assertEquals(Map.of("fake", "1.0"), peer.versions());
      assertEquals("factor 1.0", peer.settings());
      assertTrue(peer.loadSeconds() >= 0);
      peer.prepare(TINY.texts(), List.of(List.of(1), List.of(0)));
      assertEquals(3, peer.run(3).length);
      assertArrayEquals(new FakePeer(1).embed(TINY.texts()), peer.vectors());
      Memory memory = peer.memory();
      assertTrue(memory.peak() >= memory.resident(), memory.toString());
    }
  }

  @Test
  void processesSayWhatFailed() {
    String message = assertThrows(PeerFailure.class, () -> process("other")).toString();
    assertTrue(message.contains("no model other in " + folder), message);
    var none = List.of(folder.resolve("nothing").toString());
    assertThrows(
        PeerFailure.class, () -> new PeerProcess(none, folder.resolve("log"), "", folder, 1));
  }

  @Test
  void onlyThoseWhoAgreeTakePart() {
    try (var contest = contest()) {
      assertEquals(0, contest.admit(Peer.TORCH, local(1)).largest());
      assertThrows(PeerFailure.class, () -> contest.admit(Peer.OPENVINO, local(1.001f)));
      assertTrue(contest.admit(Peer.OPENVINO_INT8, local(1.001f)).largest() > 1e-3);
      assertThrows(PeerFailure.class, () -> contest.admit(Peer.ONNXRUNTIME, local(Float.NaN)));
    }
  }

  @Test
  void everyoneHasATurnInEachRound() {
    try (var contest = contest()) {
      contest.admit(Peer.TORCH, local(1));
      contest.admit(Peer.SENTENCE_TRANSFORMERS, local(1));
      contest.admit(Peer.OURS_BFLOAT16, local(1.001f));
      List<Result> results = contest.run(TINY);
      assertEquals(
          List.of(
              "ours OWN",
              "torch AS_GIVEN",
              "torch SORTED",
              "sentence-transformers SORTED",
              "ours-bfloat16 OWN"),
          results.stream().map(r -> r.contestant() + " " + r.batching()).toList());
      for (Result result : results) {
        assertEquals(2, result.seconds().size(), "rounds");
        assertEquals(6, result.tokens());
        boolean ours = result.batching() == Batching.OWN;
        assertEquals(
            ours && !result.isOurs() ? Precision.BF16 : Precision.FP32, result.precision());
        assertEquals(ours ? 6 : 8, result.paddedTokens());
      }
      assertEquals(5 * 2, progress.size(), progress.toString());
      assertEquals(List.of(), leftOut);
    }
  }

  @Test
  void whoErrsOnTheWayIsOut() {
    try (var contest = contest()) {
      contest.admit(Peer.TORCH, new LocalContestant(() -> new FakePeer(1, 4)));
      contest.admit(Peer.OPENVINO, local(1));
      List<Result> results = contest.run(TINY);
      assertEquals(
          List.of("ours", "openvino", "openvino"),
          results.stream().map(Result::contestant).toList());
      assertEquals(1, leftOut.size(), leftOut.toString());
      assertTrue(leftOut.getFirst().startsWith("torch: tiny, "), leftOut.getFirst());
      assertEquals(3, contest.run(TINY).size());
    }
  }

  private Contest contest() {
    var flops = new ModelFlops(ComparisonTest.config(folder));
    return new Contest(1, new Contest.Pace(2, 0), flops, local(1), this);
  }

  @Override
  public void progress(String line) {
    progress.add(line);
  }

  @Override
  public void leftOut(String who, String why) {
    leftOut.add(who + ": " + why);
  }

  private static Contestant local(float factor) {
    return new LocalContestant(() -> new FakePeer(factor));
  }
}
