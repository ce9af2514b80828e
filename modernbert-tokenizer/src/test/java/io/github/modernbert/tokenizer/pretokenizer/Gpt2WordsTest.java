package io.github.modernbert.tokenizer.pretokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.modernbert.tokenizer.regex.Matcher;
import io.github.modernbert.tokenizer.regex.Regex;
import io.github.modernbert.tokenizer.text.IntList;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The hand-written scan finds what the regular expression finds. */
class Gpt2WordsTest {
  private static final String[] FRAGMENTS = {
    "'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'", "'S", "'r", "'l", "s", "re", "ab", "é", "日本",
    " ", "  ", "\n", "\t", "\u00a0", "\u3000", "\u0085", "\u200b", "1", "²", "Ⅳ", "١", ".", "!?",
    "_", "\u0301", "😀", "𝟘", "𠀀", "\uFFFD"
  };
  private static final Regex REGEX = Regex.compile(Gpt2Words.PATTERN);

  @Test
  void randomTexts() {
    var random = new Random(5);
    for (int round = 0; round < 20_000; round++) {
      var text = new StringBuilder();
      for (int n = random.nextInt(12); n >= 0; n--) {
        text.append(FRAGMENTS[random.nextInt(FRAGMENTS.length)]);
      }
      check(text.toString());
    }
  }

  @Test
  void everyCodePointBetweenLetters() {
    for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint += 1) {
      if (codePoint == Character.MIN_SURROGATE) {
        codePoint = Character.MAX_SURROGATE + 1;
      }
      // Most of the planes beyond the third hold nothing; a sample is enough.
      if (codePoint > 0x40000) {
        codePoint += 97;
      }
      if (codePoint <= Character.MAX_CODE_POINT) {
        check("a" + Character.toString(codePoint) + "b");
      }
    }
  }

  private static void check(String text) {
    List<Integer> expected = new ArrayList<>();
    Matcher matcher = REGEX.matcher(text);
    while (matcher.next()) {
      expected.add(matcher.start());
      expected.add(matcher.end());
    }
    var actual = new IntList(8);
    Gpt2Words.cut(text, 0, text.length(), actual);
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i < actual.size(); i++) {
      found.add(actual.get(i));
    }
    assertEquals(expected, found, text);
  }
}
