package io.github.modernbert.tokenizer.decoder;

import java.util.ArrayList;
import java.util.List;

/** Decoder of speech models, which say a token as long as they hear it. */
record Ctc(String padToken, String wordDelimiterToken, boolean cleanup) implements Decoder {
  @Override
  public List<String> decode(List<String> tokens) {
    var texts = new ArrayList<String>();
    String previous = null;
    for (String token : tokens) {
      if (token.equals(previous)) {
        continue;
      }
      previous = token;
      String text = token.replace(padToken, "");
      if (cleanup) {
        text = WordPieces.cleanup(text).replace(wordDelimiterToken, " ");
      }
      if (!text.isEmpty()) {
        texts.add(text);
      }
    }
    return texts;
  }
}
