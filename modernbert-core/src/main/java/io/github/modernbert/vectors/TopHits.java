package io.github.modernbert.vectors;

import java.util.Arrays;

/**
 * The k best of the scores seen so far: highest first, of equal ones the one with the smaller
 * index; what is not a number comes last. Not safe for use by several threads.
 */
public final class TopHits {
  private static final int FIRST_CAPACITY = 16;

  private final int most;

  /** A heap: a score is no better than those at twice its place plus 1 and 2. */
  private float[] scores;

  private int[] indices;
  private int size;

  /**
   * @param most how many are kept
   */
  public TopHits(int most) {
    this.most = most;
    int capacity = Math.min(most, FIRST_CAPACITY);
    scores = new float[capacity];
    indices = new int[capacity];
  }

  /** Takes notice of a score. */
  public void offer(int index, float score) {
    if (size < most) {
      add(index, score);
    } else if (isBetter(score, index, scores[0], indices[0])) {
      sink(0, index, score);
    }
  }

  /** Takes notice of the scores of indices one after the other. */
  public void offer(int firstIndex, float[] some, int count) {
    for (int i = 0; i < count; i++) {
      // Most scores are below all that are kept.
      if (size < most || !(some[i] < scores[0])) {
        offer(firstIndex + i, some[i]);
      }
    }
  }

  private static boolean isBetter(float a, int indexOfA, float b, int indexOfB) {
    if (a > b) {
      return true;
    }
    if (a < b) {
      return false;
    }
    boolean isNumber = !Float.isNaN(a);
    return isNumber == Float.isNaN(b) ? isNumber : indexOfA < indexOfB;
  }

  private void add(int index, float score) {
    if (size == scores.length) {
      int capacity = (int) Math.min(most, 2L * size);
      scores = Arrays.copyOf(scores, capacity);
      indices = Arrays.copyOf(indices, capacity);
    }
    int at = size++;
    while (at > 0 && isBetter(scores[(at - 1) / 2], indices[(at - 1) / 2], score, index)) {
      move((at - 1) / 2, at);
      at = (at - 1) / 2;
    }
    scores[at] = score;
    indices[at] = index;
  }

  private void sink(int from, int index, float score) {
    int at = from;
    for (int child; (child = 2 * at + 1) < size; at = child) {
      if (child + 1 < size
          && isBetter(scores[child], indices[child], scores[child + 1], indices[child + 1])) {
        child++;
      }
      if (!isBetter(score, index, scores[child], indices[child])) {
        break;
      }
      move(child, at);
    }
    scores[at] = score;
    indices[at] = index;
  }

  private void move(int from, int to) {
    scores[to] = scores[from];
    indices[to] = indices[from];
  }

  /** Receives hits. */
  @FunctionalInterface
  public interface Receiver {
    /** Called for each hit. */
    void hit(int index, float score);
  }

  /** Gives the hits out, best first; afterwards there are none. */
  public void drain(Receiver receiver) {
    var sortedScores = new float[size];
    var sortedIndices = new int[size];
    while (size > 0) {
      int last = --size;
      sortedScores[last] = scores[0];
      sortedIndices[last] = indices[0];
      sink(0, indices[last], scores[last]);
    }
    for (int i = 0; i < sortedScores.length; i++) {
      receiver.hit(sortedIndices[i], sortedScores[i]);
    }
  }
}
