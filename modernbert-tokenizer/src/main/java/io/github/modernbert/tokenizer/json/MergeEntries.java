package io.github.modernbert.tokenizer.json;

import java.util.List;

/**
 * The merges of a model in the order of their ranks.
 *
 * @param left the left part of each merge
 * @param right the right part of each merge
 * @param places the index of each in the array of the file, which may hold lines with a version too
 */
public record MergeEntries(List<String> left, List<String> right, int[] places) {
  /** How many merges there are. */
  public int size() {
    return places.length;
  }
}
