package io.github.modernbert.tokenizer.decoder;

import io.github.modernbert.tokenizer.pretokenizer.Metaspace;
import java.util.ArrayList;
import java.util.List;

/** Decoders that look at the ends of tokens. */
final class Affixes {
  private Affixes() {}

  /** BPEDecoder: a suffix is a space, but none at the end of the text. */
  static List<String> endWords(List<String> tokens, String suffix) {
    var words = new ArrayList<String>(tokens.size());
    for (String token : tokens) {
      boolean last = words.size() == tokens.size() - 1;
      words.add(token.replace(suffix, last ? "" : " "));
    }
    return words;
  }

  /** Metaspace: marks become spaces, but in the first token nothing if one may have been added. */
  static List<String> unmark(List<String> tokens, Metaspace metaspace) {
    String mark = Character.toString(metaspace.replacement());
    var texts = new ArrayList<String>(tokens.size());
    for (String token : tokens) {
      boolean drop = texts.isEmpty() && metaspace.prependScheme() != Metaspace.Scheme.never;
      texts.add(token.replace(mark, drop ? "" : " "));
    }
    return texts;
  }

  /** Strip: takes away a character at most so many times at the ends. */
  static String strip(String token, int content, int start, int stop) {
    int size = Character.charCount(content);
    int from = 0;
    for (int n = 0; n < start && from < token.length() && token.codePointAt(from) == content; n++) {
      from += size;
    }
    int to = token.length();
    // The reference panics on a token that has nothing else; nothing is left of it.
    for (int n = 0; n < stop && to > from && token.codePointBefore(to) == content; n++) {
      to -= size;
    }
    return token.substring(from, to);
  }
}
