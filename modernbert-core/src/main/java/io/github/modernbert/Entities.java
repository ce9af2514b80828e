package io.github.modernbert;

import java.util.List;

/**
 * The labelled parts of a text.
 *
 * @param entities the parts, in the order of the text
 * @param tokens the number of tokens read in all windows, special ones included
 * @param truncated whether the text was too long and its end was not read
 */
public record Entities(List<Entity> entities, int tokens, boolean truncated) {
  /** Copies the list. */
  public Entities {
    entities = List.copyOf(entities);
  }
}
