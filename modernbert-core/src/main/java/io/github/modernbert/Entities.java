package io.github.modernbert;

import java.util.List;

/**
 * The labelled parts of a text.
 *
 * @param entities in the order of the text
 * @param tokens how many tokens were read, special ones included, in all windows
 * @param truncated whether the text was longer than the model takes and its end was not read
 */
public record Entities(List<Entity> entities, int tokens, boolean truncated) {
  /** Copies the list. */
  public Entities {
    entities = List.copyOf(entities);
  }
}
