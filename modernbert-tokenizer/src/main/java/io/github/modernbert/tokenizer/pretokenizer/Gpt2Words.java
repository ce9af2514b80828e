package io.github.modernbert.tokenizer.pretokenizer;

import io.github.modernbert.tokenizer.regex.Matcher;
import io.github.modernbert.tokenizer.regex.Regex;
import io.github.modernbert.tokenizer.text.IntList;

/** GPT-2's words. */
final class Gpt2Words {
  static final String PATTERN =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
  private static final Regex REGEX = Regex.compile(PATTERN);

  private Gpt2Words() {}

  static void cut(String text, int from, int to, IntList bounds) {
    Matcher matcher = REGEX.matcher(text, from, to);
    while (matcher.next()) {
      bounds.add(matcher.start());
      bounds.add(matcher.end());
    }
  }
}
