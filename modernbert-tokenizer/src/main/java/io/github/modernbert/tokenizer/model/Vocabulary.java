package io.github.modernbert.tokenizer.model;

import io.github.modernbert.tokenizer.json.VocabularyEntries;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/** The tokens of a model and their ids. Immutable. */
public final class Vocabulary {
  /** The id of a string that is no token. */
  static final int NONE = -1;

  /** Ids may leave gaps; up to this many times the number of tokens they make an array. */
  private static final int SPARSE = 4;

  private final Map<String, Integer> ids;
  private final @Nullable String[] dense;
  private final Map<Integer, String> sparse;
  private final int size;

  private Vocabulary(
      Map<String, Integer> ids, @Nullable String[] dense, Map<Integer, String> sparse, int size) {
    this.ids = ids;
    this.dense = dense;
    this.sparse = sparse;
    this.size = size;
  }

  /** The vocabulary of the entries; of equal tokens the last one counts. */
  static Vocabulary of(VocabularyEntries entries) {
    return switch (entries) {
      case VocabularyEntries.WithIds(var tokens, var ids) -> withIds(tokens, ids);
      case VocabularyEntries.WithScores(var tokens, var scores) -> inOrder(tokens);
    };
  }

  private static Vocabulary withIds(List<String> tokens, int[] entryIds) {
    var ids = HashMap.<String, Integer>newHashMap(entryIds.length);
    for (int i = 0; i < entryIds.length; i++) {
      ids.put(tokens.get(i), entryIds[i]);
    }
    int largest = Arrays.stream(entryIds).max().orElse(-1);
    int length = (int) Math.min(largest + 1L, SPARSE * (ids.size() + 16L));
    var dense = new @Nullable String[length];
    var sparse = new HashMap<Integer, String>();
    ids.forEach((token, id) -> {
      if (id < length) {
        dense[id] = token;
      } else {
        sparse.put(id, token);
      }
    });
    return new Vocabulary(ids, dense, sparse, ids.size());
  }

  private static Vocabulary inOrder(List<String> tokens) {
    var ids = HashMap.<String, Integer>newHashMap(tokens.size());
    for (int id = 0; id < tokens.size(); id++) {
      ids.put(tokens.get(id), id);
    }
    var dense = tokens.toArray(new @Nullable String[0]);
    return new Vocabulary(ids, dense, Map.of(), tokens.size());
  }

  /** The id of a token, or −1. */
  public int id(String token) {
    Integer id = ids.get(token);
    return id == null ? NONE : id;
  }

  /** The token of an id, or null. */
  public @Nullable String token(int id) {
    return id < 0 ? null : id < dense.length ? dense[id] : sparse.get(id);
  }

  /** How many tokens there are; equal ones count each where ids are places in a list. */
  public int size() {
    return size;
  }

  /** Whether each token has an id of its own. */
  boolean isOneToOne() {
    int used = sparse.size();
    for (String token : dense) {
      used += token == null ? 0 : 1;
    }
    return used == ids.size();
  }

  void forEach(ObjIntConsumer<String> action) {
    ids.forEach(action::accept);
  }
}
