package io.github.modernbert.tokenizer.model;

import io.github.modernbert.tokenizer.json.VocabularyEntries;
import io.github.modernbert.tokenizer.text.ByteStrings;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/** The tokens of a model and their ids. Safe for use by several threads. */
public final class Vocabulary {
  /** The id of a string that is no token. */
  static final int NONE = -1;

  /** Ids may leave gaps; up to this many times the number of tokens they make an array. */
  private static final int SPARSE = 4;

  /** The tokens in the order of the file. */
  private final ByteStrings tokens;

  private final TokenIndex index;

  /** The ids of the tokens, or null if they are their places. */
  private final int @Nullable [] ids;

  /** The places of tokens by their ids, and of ids beyond the array. */
  private final int[] dense;

  private final Map<Integer, Integer> sparse = new HashMap<>();
  private final int size;

  /** Tokens as strings once they have been asked for; threads may make the same one twice. */
  private final @Nullable String[] strings;

  private Vocabulary(ByteStrings tokens, int @Nullable [] ids) {
    this.tokens = tokens;
    this.ids = ids;
    index = new TokenIndex(tokens);
    strings = new @Nullable String[tokens.size()];
    size = ids == null ? tokens.size() : index.distinct();
    int largest = -1;
    for (int place = 0; place < tokens.size(); place++) {
      largest = Math.max(largest, idAt(place));
    }
    dense = new int[(int) Math.min(largest + 1L, SPARSE * (size + 16L))];
    Arrays.fill(dense, NONE);
    for (int place = 0; place < tokens.size(); place++) {
      int id = idAt(place);
      if (id >= dense.length) {
        if (index.isLast(place)) {
          sparse.put(id, place);
        }
      } else if (ids == null || index.isLast(place)) {
        dense[id] = place;
      }
    }
  }

  /** The vocabulary of the entries; of equal tokens the last one counts. */
  static Vocabulary of(VocabularyEntries entries) {
    // Not by a switch: linking one takes a fresh JVM milliseconds.
    int[] ids = entries instanceof VocabularyEntries.WithIds given ? given.ids() : null;
    return new Vocabulary(ByteStrings.of(entries.tokens()), ids);
  }

  private int idAt(int place) {
    return ids == null ? place : ids[place];
  }

  /** The id of a token, or −1. */
  public int id(String token) {
    byte[] utf8 = token.getBytes(StandardCharsets.UTF_8);
    return id(utf8, 0, utf8.length);
  }

  /** The id of a token that is given as UTF-8, or −1. */
  int id(byte[] bytes, int from, int to) {
    int place = index.find(bytes, from, to);
    return place == TokenIndex.NONE ? NONE : idAt(place);
  }

  /** The ids of the tokens {@code <0x00>} to {@code <0xFF>}, which stand for bytes; −1 for none. */
  int[] idsOfBytes() {
    var ids = new int[256];
    Arrays.setAll(ids, value -> id("<0x%02X>".formatted(value)));
    return ids;
  }

  /** The token of an id, or null. */
  public @Nullable String token(int id) {
    int place = id < 0 ? NONE : id < dense.length ? dense[id] : sparse.getOrDefault(id, NONE);
    if (place == NONE) {
      return null;
    }
    String token = strings[place];
    return token == null ? strings[place] = tokens.get(place) : token;
  }

  /** How many tokens there are; equal ones count each where ids are places in a list. */
  public int size() {
    return size;
  }

  /** Whether each token has an id of its own. */
  boolean isOneToOne() {
    int used = sparse.size();
    for (int place : dense) {
      used += place == NONE ? 0 : 1;
    }
    return used == index.distinct();
  }

  void forEach(ObjIntConsumer<String> action) {
    forEachUpTo(Integer.MAX_VALUE, action);
  }

  /** Takes the tokens of at most so many bytes. */
  void forEachUpTo(int bytes, ObjIntConsumer<String> action) {
    for (int place = 0; place < tokens.size(); place++) {
      if (tokens.end(place) - tokens.start(place) <= bytes && index.isLast(place)) {
        action.accept(tokens.get(place), idAt(place));
      }
    }
  }
}
