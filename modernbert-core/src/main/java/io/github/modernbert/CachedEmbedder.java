package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Embeds each text once: what a {@link TextEmbedder} has computed is taken from a cache when the
 * text comes again. Vectors have the same bits either way.
 *
 * {@snippet file="io/github/modernbert/CachedEmbedderTest.java" region="cached-embedder"}
 *
 * <p>One cache is for one model with the same options: texts are all that it knows. Safe for use by
 * several threads if the cache is; two that ask for the same new text at once may both compute it.
 */
public final class CachedEmbedder {
  private final TextEmbedder embedder;
  private final EmbedOptions options;
  private final EmbeddingCache cache;

  private CachedEmbedder(TextEmbedder embedder, EmbedOptions options, EmbeddingCache cache) {
    this.embedder = embedder;
    this.options = options;
    this.cache = cache;
  }

  /**
   * Puts a cache before a model, which remains the caller's to close.
   *
   * @param options how texts are embedded
   * @throws IllegalArgumentException if an argument is null
   */
  public static CachedEmbedder of(
      TextEmbedder embedder, EmbedOptions options, EmbeddingCache cache) {
    return new CachedEmbedder(
        Arguments.notNull(embedder, "embedder"),
        Arguments.notNull(options, "options"),
        Arguments.notNull(cache, "cache"));
  }

  /**
   * The vector of a text; the caller's own. Exceptions are those of {@link
   * TextEmbedder#embed(String, EmbedOptions)}, unless the text is in the cache.
   */
  public float[] embed(String text) {
    return embed(List.of(Arguments.notNull(text, "text"))).vector(0);
  }

  /**
   * The vectors of texts, in their order; those that are not in the cache are computed in one call.
   * Exceptions are those of {@link TextEmbedder#embed(List, EmbedOptions)}.
   */
  public Embeddings embed(List<String> texts) {
    List<String> all = Arguments.elements(texts, "texts");
    var known = new LinkedHashMap<String, @Nullable Embedding>();
    for (String text : all) {
      known.computeIfAbsent(text, cache::get);
    }
    List<String> missing = all.stream().distinct().filter(t -> known.get(t) == null).toList();
    Embeddings computed = embedder.embed(missing, options);
    for (int i = 0; i < missing.size(); i++) {
      Embedding embedding = computed.asList().get(i);
      known.put(missing.get(i), embedding);
      cache.put(missing.get(i), embedding);
    }
    var found = new ArrayList<Embedding>(all.size());
    for (String text : all) {
      Embedding embedding = known.get(text);
      if (embedding != null) {
        found.add(embedding);
      }
    }
    return new Embeddings(computed.dimension(), found);
  }
}
