package io.github.modernbert.tokenizer;

import io.github.modernbert.tokenizer.model.Vocabulary;
import io.github.modernbert.tokenizer.normalizer.Normalizer;
import io.github.modernbert.tokenizer.pretokenizer.Part;
import io.github.modernbert.tokenizer.text.NormalizedString;
import io.github.modernbert.tokenizer.unicode.UnicodeClass;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The added tokens: their ids, and where they stand in a text. Immutable. */
final class AddedVocabulary {
  private final @Nullable Normalizer normalizer;
  private final Map<String, Integer> ids = new HashMap<>();
  private final TreeMap<Integer, AddedToken> tokens = new TreeMap<>();
  private final Map<Integer, String> normalizedContents = new HashMap<>();
  private final Set<String> specialTokens = new HashSet<>();
  private final TokenTrie rawTrie = new TokenTrie();
  private final TokenTrie normalizedTrie = new TokenTrie();

  /**
   * Gives the tokens ids as the reference does: that of a token with this text, else the next one
   * behind all others, whatever the file says.
   *
   * @param added the tokens of {@code tokenizer.json}
   * @param configured the tokens that other files add to them or change
   */
  AddedVocabulary(
      List<AddedToken> added,
      List<AddedToken> configured,
      Vocabulary model,
      @Nullable Normalizer normalizer) {
    this.normalizer = normalizer;
    addAll(added, model);
    addAll(configured, model);
    tokens.forEach((id, token) -> {
      if (token.normalized()) {
        normalizedTrie.add(normalizedContents.getOrDefault(id, token.content()), id);
      } else {
        rawTrie.add(token.content(), id);
      }
    });
  }

  private void addAll(List<AddedToken> added, Vocabulary model) {
    int nextId = tokens.isEmpty() ? model.size() : Math.max(model.size(), tokens.lastKey() + 1);
    for (AddedToken token : added) {
      String content = token.content();
      if (content.isEmpty()) {
        continue;
      }
      int id = ids.getOrDefault(content, model.id(content));
      if (id < 0) {
        id = nextId++;
      }
      if (token.normalized() && normalizer != null) {
        String normalized = normalizer.normalize(NormalizedString.of(content)).text();
        if (!normalized.equals(content)) {
          normalizedContents.put(id, normalized);
        }
      }
      ids.put(content, id);
      if (token.special()) {
        specialTokens.add(content);
      }
      tokens.put(id, token.withId(id));
    }
  }

  /** The tokens by ascending id. */
  Collection<AddedToken> tokens() {
    return tokens.values();
  }

  /** The texts of the tokens. */
  Set<String> contents() {
    return Collections.unmodifiableSet(ids.keySet());
  }

  /** The id of a token, or −1. */
  int id(String content) {
    return ids.getOrDefault(content, -1);
  }

  /** The text of a token for decoding, or null. */
  @Nullable String token(int id) {
    AddedToken token = tokens.get(id);
    return token == null ? null : normalizedContents.getOrDefault(id, token.content());
  }

  /** Whether decoding can skip the token. */
  boolean isSpecial(String token) {
    return specialTokens.contains(token);
  }

  /**
   * Normalizes a text and takes the added tokens out of it.
   *
   * @param splitSpecial whether special tokens stay in the text
   */
  List<Part> extract(NormalizedString text, boolean splitSpecial) {
    var parts = new ArrayList<Part>();
    for (Part part : split(text, rawTrie, splitSpecial)) {
      if (part.isToken()) {
        parts.add(part);
      } else {
        NormalizedString string = part.string();
        parts.addAll(
            split(
                normalizer == null ? string : normalizer.normalize(string),
                normalizedTrie,
                splitSpecial));
      }
    }
    return parts;
  }

  private List<Part> split(NormalizedString string, TokenTrie trie, boolean splitSpecial) {
    var parts = new ArrayList<Part>();
    String text = string.text();
    int done = 0;
    if (!trie.isEmpty()) {
      int at = trie.candidate(text, 0);
      while (at < text.length()) {
        long found = trie.longest(text, at);
        if (found >= 0) {
          int end = (int) found;
          AddedToken token = tokens.get((int) (found >>> 32));
          if (token != null && !(splitSpecial && isSpecial(token.content()))) {
            done = take(string, token, at, end, done, parts);
          }
          at = trie.candidate(text, end);
        } else {
          at = trie.candidate(text, at + 1);
        }
      }
    }
    addText(parts, string, done, text.length());
    return parts;
  }

  /** Adds a match and the text before it, if the token accepts its place; returns what is done. */
  private static int take(
      NormalizedString string,
      AddedToken token,
      int matchStart,
      int matchEnd,
      int done,
      List<Part> parts) {
    String text = string.text();
    if (token.singleWord() && !isSingleWord(text, matchStart, matchEnd)) {
      return done;
    }
    int start = matchStart;
    int end = matchEnd;
    if (token.lstrip()) {
      while (start > done && UnicodeClass.isWhitespace(text.codePointBefore(start))) {
        start--;
      }
      // What an earlier token has swallowed is not given back, even if that is all of this one.
      start = Math.max(start, done);
    }
    if (token.rstrip()) {
      while (end < text.length() && UnicodeClass.isWhitespace(text.codePointAt(end))) {
        end++;
      }
    }
    addText(parts, string, done, start);
    if (start < end) {
      parts.add(Part.token(string.slice(start, end), token.id()));
    }
    return end;
  }

  private static boolean isSingleWord(String text, int start, int end) {
    return (start == 0 || !UnicodeClass.isWord(text.codePointBefore(start)))
        && (end == text.length() || !UnicodeClass.isWord(text.codePointAt(end)));
  }

  private static void addText(List<Part> parts, NormalizedString string, int start, int end) {
    if (start < end) {
      parts.add(Part.text(string.slice(start, end)));
    }
  }
}
