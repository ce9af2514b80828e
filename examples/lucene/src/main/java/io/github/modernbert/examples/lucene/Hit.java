package io.github.modernbert.examples.lucene;

/**
 * A passage that was found.
 *
 * @param score more is better; comparable within one result list only
 */
record Hit(Passage passage, float score) {}
