package io.github.modernbert.tokenizer.model;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.Fields;
import io.github.modernbert.tokenizer.text.Utf8;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/** The tokens of a model and their ids. Immutable. */
public final class Vocabulary {
  /** Ids may leave gaps; up to this many times the number of tokens they make an array. */
  private static final int SPARSE = 4;

  private final Map<String, Integer> ids;
  private final @Nullable String[] dense;
  private final Map<Integer, String> sparse = new HashMap<>();

  private Vocabulary(Map<String, Integer> ids) {
    this.ids = ids;
    int largest = ids.values().stream().mapToInt(id -> id).max().orElse(-1);
    dense = new @Nullable String[(int) Math.min(largest + 1L, SPARSE * (ids.size() + 16L))];
    ids.forEach((token, id) -> {
      if (id < dense.length) {
        dense[id] = token;
      } else {
        sparse.put(id, token);
      }
    });
  }

  static Vocabulary read(Json json) {
    Map<String, Json> members = json.members();
    var ids = HashMap.<String, Integer>newHashMap(members.size());
    members.forEach((token, id) -> {
      if (Utf8.loneSurrogate(token, 0) >= 0) {
        throw json.error("a token holds half of a surrogate pair");
      }
      ids.put(token, Fields.natural(id));
    });
    return new Vocabulary(ids);
  }

  /** The id of a token, or −1. */
  public int id(String token) {
    Integer id = ids.get(token);
    return id == null ? -1 : id;
  }

  /** The token of an id, or null. */
  public @Nullable String token(int id) {
    return id < 0 ? null : id < dense.length ? dense[id] : sparse.get(id);
  }

  /** How many tokens there are. */
  public int size() {
    return ids.size();
  }

  /** Whether each token has an id of its own. */
  boolean isOneToOne() {
    return ids.values().stream().distinct().count() == ids.size();
  }

  void forEach(ObjIntConsumer<String> action) {
    ids.forEach(action::accept);
  }
}
