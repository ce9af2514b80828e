package io.github.modernbert.tokenizer.decoder;

import java.util.ArrayList;
import java.util.List;

/** The WordPiece decoder: spaces before all tokens without the prefix of continued words. */
final class WordPieces {
  private WordPieces() {}

  static List<String> decode(List<String> tokens, String prefix, boolean cleanup) {
    var texts = new ArrayList<String>(tokens.size());
    for (String token : tokens) {
      String text = token;
      if (!texts.isEmpty()) {
        text = token.startsWith(prefix) ? token.substring(prefix.length()) : " " + token;
      }
      texts.add(cleanup ? cleanup(text) : text);
    }
    return texts;
  }

  /** Takes back the spaces that tokenizing puts into English text. */
  static String cleanup(String text) {
    return text.replace(" .", ".")
        .replace(" ?", "?")
        .replace(" !", "!")
        .replace(" ,", ",")
        .replace(" ' ", "'")
        .replace(" n't", "n't")
        .replace(" 'm", "'m")
        .replace(" do not", " don't")
        .replace(" 's", "'s")
        .replace(" 've", "'ve")
        .replace(" 're", "'re");
  }
}
