package io.github.modernbert;

/**
 * A document of a ranking.
 *
 * @param index its index in the list of documents, from 0
 * @param score its score; larger is better
 * @param text the document
 */
public record RankedDocument(int index, float score, String text) {}
