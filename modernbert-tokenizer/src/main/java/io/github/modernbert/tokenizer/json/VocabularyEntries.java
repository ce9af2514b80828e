package io.github.modernbert.tokenizer.json;

import java.util.List;

/** The tokens of a model in the order of the file. */
public sealed interface VocabularyEntries {
  /** The tokens, as UTF-8 where they come from a file; equal ones occur where the file has them. */
  List<String> tokens();

  /** {@code {"token": id, …}}: {@code ids[i]} belongs to token {@code i}. */
  record WithIds(List<String> tokens, int[] ids) implements VocabularyEntries {}

  /** {@code [["token", score], …]}: the id of a token is its place. */
  record WithScores(List<String> tokens, double[] scores) implements VocabularyEntries {}
}
