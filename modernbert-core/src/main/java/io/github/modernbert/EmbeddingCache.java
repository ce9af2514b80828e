package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.RecentlyUsed;
import org.jspecify.annotations.Nullable;

/**
 * Keeps vectors by their texts for a {@link CachedEmbedder}. Calls come from several threads. An
 * implementation of two lines puts another cache, such as Caffeine or Redis, in place of the one
 * here.
 */
public interface EmbeddingCache {
  /** The vector of a text, not to be changed; null if it is not kept. */
  @Nullable Embedding get(String text);

  /** Keeps the vector of a text, which nobody changes, for as long as this likes. */
  void put(String text, Embedding embedding);

  /**
   * A cache in memory. When it is full, the vector that has not been asked for the longest gives
   * way to a new one.
   *
   * @param capacity how many vectors are kept at most, from 1
   * @throws IllegalArgumentException if the capacity is below 1
   */
  static EmbeddingCache ofSize(int capacity) {
    var kept = new RecentlyUsed<String, Embedding>(Arguments.requirePositive("capacity", capacity));
    return new EmbeddingCache() {
      @Override
      public @Nullable Embedding get(String text) {
        return kept.get(text);
      }

      @Override
      public void put(String text, Embedding embedding) {
        kept.put(text, embedding);
      }
    };
  }
}
