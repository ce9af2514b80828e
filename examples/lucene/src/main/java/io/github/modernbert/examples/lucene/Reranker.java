package io.github.modernbert.examples.lucene;

import io.github.modernbert.ColBert;
import io.github.modernbert.CrossEncoder;
import io.github.modernbert.Models;
import io.github.modernbert.Similarity;
import io.github.modernbert.Task;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.TokenEmbeddings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Reads the best passages again, more closely, and puts them into a better order. */
interface Reranker extends AutoCloseable {
  /** The scores of texts for a query, in their order; more is better. */
  float[] scores(String query, List<String> texts);

  @Override
  void close();

  /** The hits by their new scores, best first. */
  default List<Hit> rerank(String query, List<Hit> hits) {
    float[] scores = scores(query, hits.stream().map(hit -> hit.passage().text()).toList());
    var ranked = new ArrayList<Hit>();
    for (int i = 0; i < scores.length; i++) {
      ranked.add(new Hit(hits.get(i).passage(), scores[i]));
    }
    ranked.sort(Comparator.comparing(Hit::score).reversed());
    return ranked;
  }

  /** The model of a folder: a cross-encoder, or one of late interaction. */
  static Reranker load(Path folder) {
    return Models.describe(folder).tasks().contains(Task.LATE_INTERACTION)
        ? new LateInteraction(ColBert.load(folder))
        : new PairReader(CrossEncoder.load(folder));
  }

  /** Reads query and passage together. */
  record PairReader(CrossEncoder model) implements Reranker {
    @Override
    public float[] scores(String query, List<String> texts) {
      var scores = new float[texts.size()];
      model.rank(query, texts).forEach(d -> scores[d.index()] = d.score());
      return scores;
    }

    @Override
    public void close() {
      model.close();
    }
  }

  /** Compares vectors of tokens, by a model that was trained for it. */
  record LateInteraction(ColBert model) implements Reranker {
    @Override
    public float[] scores(String query, List<String> texts) {
      var scores = new float[texts.size()];
      model
          .rank(query, texts, Math.max(1, texts.size()))
          .forEach(hit -> scores[hit.index()] = hit.score());
      return scores;
    }

    @Override
    public void close() {
      model.close();
    }
  }

  /**
   * Compares vectors of tokens of an embedding model in the same way: for each token of the query
   * the most similar one of the passage, averaged. The bundled model was not trained for this; it
   * needs no second model, and rewards passages that speak of everything that is asked for.
   *
   * @param embedder not closed here: it makes the query's vector too
   */
  record TokenVectors(TextEmbedder embedder) implements Reranker {
    @Override
    public float[] scores(String query, List<String> texts) {
      List<float[]> wanted = unitVectors(embedder.embedTokens(query));
      var scores = new float[texts.size()];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = maxSim(wanted, unitVectors(embedder.embedTokens(texts.get(i))));
      }
      return scores;
    }

    private static float maxSim(List<float[]> query, List<float[]> passage) {
      double sum = 0;
      for (float[] each : query) {
        sum += passage.stream().mapToDouble(v -> Similarity.dot(each, v)).max().orElse(0);
      }
      return (float) (sum / Math.max(1, query.size()));
    }

    /** The tokens of the text itself: special ones are alike everywhere. */
    private static List<float[]> unitVectors(TokenEmbeddings tokens) {
      var vectors = new ArrayList<float[]>();
      for (int i = 0; i < tokens.size(); i++) {
        if (tokens.start(i) >= 0) {
          float[] vector = tokens.vector(i);
          float scale = (float) (1 / Math.sqrt(Similarity.dot(vector, vector)));
          for (int j = 0; j < vector.length; j++) {
            vector[j] *= scale;
          }
          vectors.add(vector);
        }
      }
      return vectors;
    }

    @Override
    public void close() {
      // The embedder belongs to the caller.
    }
  }
}
