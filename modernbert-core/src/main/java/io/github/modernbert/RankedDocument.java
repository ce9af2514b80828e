package io.github.modernbert;

/**
 * A document in its place among those that were ranked.
 *
 * @param index which of the documents
 * @param score how well it answers the query
 * @param text the document
 */
public record RankedDocument(int index, float score, String text) {}
