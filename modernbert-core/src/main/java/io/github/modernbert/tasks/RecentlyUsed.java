package io.github.modernbert.tasks;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A bounded map that gives up what has not been asked for the longest. Safe for several threads.
 */
public final class RecentlyUsed<K, V> {
  private static final float LOAD_FACTOR = 0.75f;

  private final Map<K, V> kept;

  /**
   * @param capacity how many entries are kept at most
   */
  public RecentlyUsed(int capacity) {
    kept =
        new LinkedHashMap<>(16, LOAD_FACTOR, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > capacity;
          }
        };
  }

  /** The value of a key, or null. */
  public synchronized @Nullable V get(K key) {
    return kept.get(key);
  }

  /** Keeps a value. */
  public synchronized void put(K key, V value) {
    kept.put(key, value);
  }
}
