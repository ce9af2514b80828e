package io.github.modernbert.examples.lucene;

import io.github.modernbert.EmbedOptions;
import io.github.modernbert.TextEmbedder;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** Computes vectors of length 1 of queries and passages, with the prompts that the model has. */
record PromptedEmbedder(TextEmbedder embedder) {
  float[] ofQuery(String query) {
    return embedder.embed(query, options(List.of("query")));
  }

  List<float[]> ofPassages(List<Passage> passages) {
    List<String> texts = passages.stream().map(Passage::text).toList();
    return List.of(
        embedder.embed(texts, options(List.of("document", "passage", "corpus"))).toArray());
  }

  /** A text that tells whether an index was made with the same model. */
  String fingerprint() {
    return String.format(
        Locale.ROOT,
        "%s, %d parameters, %s",
        embedder.info().steps(),
        embedder.info().parameters(),
        new TreeMap<>(embedder.info().prompts()));
  }

  private EmbedOptions options(List<String> promptNames) {
    EmbedOptions options = EmbedOptions.defaults().normalize(true);
    return promptNames.stream()
        .filter(embedder.info().prompts()::containsKey)
        .findFirst()
        .map(options::prompt)
        .orElse(options);
  }
}
