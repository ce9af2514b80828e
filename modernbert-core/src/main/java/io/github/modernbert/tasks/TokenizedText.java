package io.github.modernbert.tasks;

/**
 * The token ids of a text, with its prompt.
 *
 * @param ids its tokens, special ones included
 * @param promptTokens how many of them belong to a prompt
 * @param truncated whether the text had more
 */
public record TokenizedText(int[] ids, int promptTokens, boolean truncated) {}
