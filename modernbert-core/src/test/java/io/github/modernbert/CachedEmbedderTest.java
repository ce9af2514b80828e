package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class CachedEmbedderTest {
  private static final EmbedOptions OPTIONS = EmbedOptions.defaults();

  @Test
  void textsAreComputedOnce() {
    var asked = new ArrayList<Long>();
    try (var embedder = TextEmbedder.bundled()) {
      CachedEmbedder cached =
          CachedEmbedder.of(
              embedder,
              OPTIONS.progress(progress -> asked.add(progress.done())),
              EmbeddingCache.ofSize(10));
      List<String> texts = List.of("one", "two", "one");
      Embeddings vectors = cached.embed(texts);
      assertEquals(List.of(2L), asked, "the same text once");
      assertArrayEquals(embedder.embed(texts).toArray(), vectors.toArray());
      assertEquals(3, vectors.tokens(2));
      float[] own = cached.embed("two");
      own[0] = Float.NaN;
      assertArrayEquals(embedder.embed("two"), cached.embed("two"), "the cache has its own");
      assertEquals(List.of(2L), asked);
      assertEquals(0, cached.embed(List.of()).size());
    }
  }

  @Test
  void whatWasNotAskedForGivesWay() {
    EmbeddingCache cache = EmbeddingCache.ofSize(2);
    var embedding = new Embedding(new float[1], 1, false);
    cache.put("a", embedding);
    cache.put("b", embedding);
    assertNotNull(cache.get("a"));
    cache.put("c", embedding);
    assertNull(cache.get("b"));
    assertNotNull(cache.get("a"));
    assertThrows(IllegalArgumentException.class, () -> EmbeddingCache.ofSize(0));
  }

  @Test
  void otherCachesCanBeUsed() {
    try (var embedder = TextEmbedder.bundled()) {
      // @start region="cached-embedder"
      CachedEmbedder cached =
          CachedEmbedder.of(embedder, EmbedOptions.defaults(), EmbeddingCache.ofSize(100_000));
      float[] vector = cached.embed("Where is the bakery?");
      // @end
      assertEquals(embedder.dimension(), vector.length);
      var nothing =
          new EmbeddingCache() {
            @Override
            public @Nullable Embedding get(String text) {
              return null;
            }

            @Override
            public void put(String text, Embedding embedding) {}
          };
      assertArrayEquals(
          vector, CachedEmbedder.of(embedder, OPTIONS, nothing).embed("Where is the bakery?"));
    }
  }
}
