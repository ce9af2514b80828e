package io.github.modernbert.bench.compare;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A model whose vectors tell what it was asked, and its process. */
final class FakePeer implements Model {
  private final float factor;
  private int runs;

  FakePeer(float factor) {
    this(factor, Integer.MAX_VALUE);
  }

  /**
   * @param runs after which its vectors are wrong
   */
  FakePeer(float factor, int runs) {
    this.factor = factor;
    this.runs = runs;
  }

  /** Serves {@code right}, which computes what {@code new FakePeer(1)} does, and {@code wrong}. */
  public static void main(String[] arguments) throws IOException {
    PeerServer.serve((name, folder, threads) -> {
      System.out.println("libraries chatter");
      return switch (name) {
        case "right" -> new FakePeer(1);
        case "wrong" -> new FakePeer(1.001f);
        default -> throw new IllegalArgumentException("no model " + name + " in " + folder);
      };
    });
  }

  @Override
  public Map<String, String> versions() {
    return Map.of("fake", "1.0");
  }

  @Override
  public String settings() {
    return "factor " + factor;
  }

  @Override
  public float[][] embed(List<int[]> texts) {
    float first = runs-- > 0 ? factor : 2 * factor;
    return texts.stream()
        .map(ids -> new float[] {first * ids.length, factor * ids[ids.length / 2] / 1000, 1})
        .toArray(float[][]::new);
  }

  @Override
  public void close() {}
}
