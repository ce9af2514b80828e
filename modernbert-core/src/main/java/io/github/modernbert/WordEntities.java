package io.github.modernbert;

import java.util.List;

/**
 * The labelled parts of a text that was given as words.
 *
 * @param entities in the order of the text
 * @param tokens how many tokens were read, special ones included, in all windows
 * @param truncated whether the text was longer than the model takes and its end was not read
 */
public record WordEntities(List<WordEntity> entities, int tokens, boolean truncated) {
  /** Copies the list. */
  public WordEntities {
    entities = List.copyOf(entities);
  }
}
