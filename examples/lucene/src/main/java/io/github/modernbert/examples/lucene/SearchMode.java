package io.github.modernbert.examples.lucene;

/** How passages are found. */
enum SearchMode {
  /** By the words of the query. */
  bm25,
  /** By the vector of the query. */
  vector,
  /** By both, their ranks fused. */
  hybrid
}
