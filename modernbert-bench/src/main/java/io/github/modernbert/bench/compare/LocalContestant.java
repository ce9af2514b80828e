package io.github.modernbert.bench.compare;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A model in this process. */
final class LocalContestant implements Contestant {
  private final double loadSeconds;
  private final Model model;
  private List<int[]> texts = List.of();
  private List<List<Integer>> batches = List.of();
  private float[][] vectors = {};

  LocalContestant(Supplier<Model> load) {
    long start = System.nanoTime();
    model = load.get();
    loadSeconds = secondsSince(start);
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  @Override
  public double loadSeconds() {
    return loadSeconds;
  }

  @Override
  public Map<String, String> versions() {
    return model.versions();
  }

  @Override
  public String settings() {
    return model.settings();
  }

  @Override
  public void prepare(List<int[]> texts, List<List<Integer>> batches) {
    this.texts = texts;
    this.batches = batches;
  }

  @Override
  public double[] run(int times) {
    var seconds = new double[times];
    for (int i = 0; i < times; i++) {
      long start = System.nanoTime();
      vectors = embed();
      seconds[i] = secondsSince(start);
    }
    return seconds;
  }

  private float[][] embed() {
    var all = new float[texts.size()][];
    for (List<Integer> batch : batches) {
      float[][] some = model.embed(batch.stream().map(texts::get).toList());
      for (int i = 0; i < some.length; i++) {
        all[batch.get(i)] = some[i];
      }
    }
    return all;
  }

  @Override
  public float[][] vectors() {
    return vectors;
  }

  @Override
  public Memory memory() {
    return Memory.own();
  }

  @Override
  public void close() {
    model.close();
  }
}
