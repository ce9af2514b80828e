package io.github.modernbert.tokenizer.regex;

import java.util.Arrays;

/**
 * Remembers from which instructions at which places in the text no match was found, so that they
 * are not tried again: what takes exponential time by backtracking alone takes polynomial time
 * then. Forgetting is allowed, so memory stays small: of states that fall into one slot the last
 * one stays.
 *
 * <p>Of loops over a single class of characters whole intervals of places are remembered. Where
 * such a loop has failed, one that starts later in the same run of characters fails too: this takes
 * {@code \s+$} from quadratic to linear time.
 */
final class FailedStates {
  private static final int SMALLEST = 1 << 10;
  private static final int LARGEST = 1 << 20;
  private static final long NONE = -1;

  private long[] states = filled(SMALLEST);
  private int added;

  /** By instruction, the first place of the interval where its loop failed. */
  private final int[] first;

  /** By instruction, the last place of the interval where its loop failed. */
  private final int[] last;

  /** Nothing is remembered yet of a program of so many places. */
  FailedStates(int places) {
    first = new int[places];
    last = new int[places];
    Arrays.fill(last, -1);
  }

  void add(int instruction, int at) {
    if (++added > states.length && states.length < LARGEST) {
      long[] old = states;
      states = filled(4 * old.length);
      for (long state : old) {
        if (state != NONE) {
          states[slot(state)] = state;
        }
      }
    }
    long state = state(instruction, at);
    states[slot(state)] = state;
  }

  boolean contains(int instruction, int at) {
    long state = state(instruction, at);
    return states[slot(state)] == state;
  }

  /** Remembers that a loop failed that had to go to {@code from} and could go to {@code to}. */
  void addLoop(int instruction, int from, int to) {
    boolean joins = to == last[instruction] && from <= first[instruction];
    if (joins || last[instruction] < from || to < first[instruction]) {
      first[instruction] = from;
      last[instruction] = to;
    }
  }

  /** Whether a loop that has to go to {@code from} fails. */
  boolean containsLoop(int instruction, int from) {
    return first[instruction] <= from && from <= last[instruction];
  }

  /** The last place of the interval where a loop failed. */
  int loopEnd(int instruction) {
    return last[instruction];
  }

  private int slot(long state) {
    return (int) (state * 0x9E3779B97F4A7C15L >>> 32) & states.length - 1;
  }

  private static long state(int instruction, int at) {
    return (long) instruction << 32 | at;
  }

  private static long[] filled(int size) {
    var states = new long[size];
    Arrays.fill(states, NONE);
    return states;
  }
}
