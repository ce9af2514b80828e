package io.github.modernbert.weights;

import io.github.modernbert.files.Json;
import java.nio.file.Path;
import java.util.Set;

/**
 * How a late-interaction model makes one vector of those of similar tokens: {@code
 * HierarchicalTokenPooling} of sentence-transformers.
 *
 * @param factor how many tokens become one on average, from 1; 1 for no pooling
 * @param protectedTokens how many vectors at the start are left as they are
 * @param normalize whether all vectors have length 1 afterwards
 * @param inQueries whether it applies to queries
 * @param inDocuments whether it applies to documents
 */
public record TokenPooling(
    double factor, int protectedTokens, boolean normalize, boolean inQueries, boolean inDocuments) {

  static TokenPooling read(Path folder) {
    Json json = Json.read(folder.resolve("config.json"));
    double factor = json.find("pool_factor").map(Json::number).orElse(1.0);
    if (!(factor >= 1 && factor < Double.POSITIVE_INFINITY)) {
      throw json.get("pool_factor").mismatch("a number from 1");
    }
    Set<String> tasks = LateInteractionSettings.tasks(json.find("tasks"));
    return new TokenPooling(
        factor,
        json.find("num_protected_tokens").map(n -> n.integer(0, Integer.MAX_VALUE)).orElse(1),
        // Files from before this key was invented do not normalise.
        json.find("normalize_embeddings").map(Json::bool).orElse(false),
        tasks.contains("query"),
        tasks.contains("document"));
  }
}
