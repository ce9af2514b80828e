package io.github.modernbert.examples.lucene;

/**
 * A piece of a file, small enough to be one answer and one vector.
 *
 * @param file path relative to the indexed folder
 * @param number which piece of the file, from 1
 */
record Passage(String file, int number, String text) {}
