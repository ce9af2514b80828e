package io.github.modernbert.tokenizer.regex;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Regions, messages and hard texts, which golden cases cannot tell of. */
class RegexTest {
  private static final String GPT2 =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
  private static final String GPT4 =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String GPT4O =
      "[^\\r"
          + "\\n"
          + "\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
          + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r"
          + "\\n"
          + "\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
          + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r"
          + "\\n"
          + "/]*|\\s*[\\r"
          + "\\n"
          + "]+|\\s+(?!\\S)|\\s+";

  @Test
  void walksOverAText() {
    assertEquals(
        List.of("Hello", " world", "'s", "  ", " 123", " !!"),
        matches(GPT2, "Hello world's   123 !!"));
  }

  @Test
  void seesNothingOutsideItsRegion() {
    var regex = Regex.compile("(?<!x)a(?!b)$");
    assertTrue(regex.matcher("xab", 1, 2).next());
    assertFalse(regex.matcher("xab").next());
    var last = regex.matcher("xab", 1, 2);
    assertTrue(last.find(1));
    assertEquals(1, last.start());
    assertEquals(2, last.end());
    assertThrows(IndexOutOfBoundsException.class, () -> regex.matcher("xab", 1, 4));
  }

  @Test
  void neverSplitsAPair() {
    assertEquals(List.of("😀", "a", "😀"), matches("(?m:.)", "😀a😀"));
    assertFalse(Regex.compile(".").matcher("😀", 0, 0).next());
  }

  @Test
  void literalHasNoSyntax() {
    var matcher = Regex.literal("a.(b").matcher("aa.(bc");
    assertTrue(matcher.next());
    assertEquals(1, matcher.start());
    assertEquals(5, matcher.end());
    assertFalse(matcher.next());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\\K", "\\X", "\\y", "(a)\\1", "(?<n>a)\\k<n>", "\\g<1>", "(?~a)", "(?{x})"})
  void unsupportedIsNamed(String pattern) {
    var refused = assertThrows(IllegalArgumentException.class, () -> Regex.compile(pattern));
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains("is not supported at index"), message);
    assertTrue(message.contains(pattern), message);
  }

  @Test
  void invalidIsLocated() {
    var refused = assertThrows(IllegalArgumentException.class, () -> Regex.compile("ab[c-a]"));
    assertEquals(
        "regular expression ab[c-a]: a range in the class runs backwards at index 6",
        refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {GPT2, GPT4, GPT4O, "\\s+", "[^\\s]+", "\\w+|[^\\w\\s]+"})
  void linearOnHardTexts(String pattern) {
    var regex = Regex.compile(pattern);
    for (String unit :
        List.of("a", "A", " ", "\n", "\n ", "1", "!", "\u0301", "中", "'", "aA", "😀")) {
      String text = unit.repeat(2_000_000 / unit.length());
      var matcher = regex.matcher(text);
      int end = 0;
      while (matcher.next()) {
        assertTrue(end <= matcher.start(), () -> "matches of " + pattern + " overlap");
        end = matcher.end();
      }
      long steps = matcher.steps();
      assertTrue(steps <= 32L * text.length(), () -> steps + " steps on many of '" + unit + "'");
    }
  }

  @Test
  void memoryOfBacktrackingIsBounded() {
    var matcher = Regex.compile("(?:ab|ac)*").matcher("ab".repeat(20_000_000));
    var refused = assertThrows(MatchLimitException.class, matcher::next);
    assertTrue(String.valueOf(refused.getMessage()).contains("too many alternatives"));
  }

  @Test
  void deepGroupsAreRefusedAndLongTextsAreNot() {
    assertThrows(
        IllegalArgumentException.class, () -> Regex.compile("(".repeat(5000) + ")".repeat(5000)));
    var matcher = Regex.compile("(?:ab|c)*").matcher("ab".repeat(1_000_000));
    assertTrue(matcher.next());
    assertEquals(2_000_000, matcher.end());
  }

  /** Where backtracking alone would take exponential or quadratic time, failures are remembered. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "(?:x|xx|y?x)+z; x",
        "(x+x+)+y; x",
        "(?:x*)*y; x",
        "(?:x|x)*?y; x",
        "\\s+$; ' '",
        "\\s+?$; ' '",
        "\\s++y; ' '",
        "(?>x*)y; x",
        "(?=(?:x|xx)+y)x; x",
        "(?:x?){30}x{30}y; x",
        "(?:x{1,3      }){2,30}y; x"
      })
  void hardPatternsFailInProportionToTheText(String pattern, String unit) {
    var regex = Regex.compile(pattern);
    // Something behind the run, so that $ does not match.
    long few = failingSteps(regex, unit.repeat(1_000) + "é");
    long many = failingSteps(regex, unit.repeat(8_000) + "é");
    assertTrue(many <= 10 * few, () -> few + " steps, with eight times the text " + many);
  }

  private static long failingSteps(Regex regex, String text) {
    var matcher = regex.matcher(text);
    assertFalse(matcher.next());
    return matcher.steps();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(?i:(?i:(?<=a)|(?>b[\\w-]A|[\\w-]{3,1})|){100000}|\\R)x{1,}",
        "[\\w-]*?(\\O??\\p{^Lu}){40}(?:(?!b)[[:alpha:]]A)[^a]",
        "(?<n>\\s|(?m).{1,}){40}",
        "(?:(?:a|b|ab){2,}){3000}c"
      })
  void stepsAreInProportionToTheText(String pattern) {
    var regex = Regex.compile(pattern);
    for (int times : new int[] {1, 10, 100}) {
      String text = "a BAB-bab\n aaaa xbé_".repeat(times);
      var matcher = regex.matcher(text);
      String problem = "";
      try {
        while (matcher.next()) {
          assertTrue(matcher.end() <= text.length());
        }
      } catch (MatchLimitException e) {
        problem = String.valueOf(e.getMessage());
      }
      assertTrue(matcher.steps() <= 100_000L * (text.length() + 64), problem);
    }
  }

  @Test
  void whatStillTakesTooManyStepsIsGivenUp() {
    var matcher = Regex.compile("(?:(?:x|xx)*){3000}z").matcher("x".repeat(100));
    var gaveUp = assertThrows(MatchLimitException.class, matcher::next);
    assertTrue(String.valueOf(gaveUp.getMessage()).contains("100 chars"));
  }

  private static List<String> matches(String pattern, String text) {
    var found = new ArrayList<String>();
    var matcher = Regex.compile(pattern).matcher(text);
    while (matcher.next()) {
      found.add(text.substring(matcher.start(), matcher.end()));
    }
    return found;
  }
}
