package io.github.modernbert.weights;

import io.github.modernbert.files.Json;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The expansion of the queries of a late-interaction model (ColBERT, arXiv:2004.12832): tokens that
 * are appended and get vectors like those of the query.
 *
 * @param fixed whether every query has exactly {@code length} tokens, and longer ones are cut; if
 *     not, longer ones stay as they are
 * @param attended whether tokens attend to those that were put behind
 * @param token which token it is; the mask token if empty
 * @param length up to how many tokens queries are filled up, from 1
 */
public record QueryExpansion(boolean fixed, boolean attended, Optional<String> token, int length) {
  private static final int CLASSIC_LENGTH = 32;
  private static final int MOST = 1 << 20;
  private static final Set<String> KEYS = Set.of("strategy", "attend", "token", "length");

  /** The {@code query_expansion} of sentence-transformers. */
  static QueryExpansion read(Json json) {
    Map<String, Json> members = json.members();
    members.forEach((key, value) -> {
      if (!KEYS.contains(key)) {
        throw json.error("key '" + key + "' is not known, only " + KEYS);
      }
    });
    Json strategy = json.get("strategy");
    if (!strategy.string().equals("fixed") && !strategy.string().equals("min")) {
      throw strategy.mismatch("fixed or min");
    }
    return new QueryExpansion(
        strategy.string().equals("fixed"),
        json.find("attend").map(Json::bool).orElse(false),
        json.find("token").map(Json::string),
        json.get("length").integer(1, MOST));
  }

  /** The keys of PyLate, for which {@code query_length} is the length. */
  static Optional<QueryExpansion> readPyLate(Json json) {
    if (!json.find("do_query_expansion").map(Json::bool).orElse(true)) {
      return Optional.empty();
    }
    boolean attended =
        json.find("attend_to_expansion_tokens")
            .or(() -> json.find("attend_to_mask_tokens"))
            .map(Json::bool)
            .orElse(false);
    int length =
        json.find("query_length").map(value -> value.integer(1, MOST)).orElse(CLASSIC_LENGTH);
    return Optional.of(new QueryExpansion(true, attended, Optional.empty(), length));
  }
}
