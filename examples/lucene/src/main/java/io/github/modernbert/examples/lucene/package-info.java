/** Searches a folder of text with Lucene: by words, by vectors, by both, and reranked. */
package io.github.modernbert.examples.lucene;
