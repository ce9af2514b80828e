package io.github.modernbert.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Long texts without anything to cut at take time in proportion to their length. */
class LongTextTest {
  private static final int UNITS = 10_000_000;

  /** Far beyond what it takes, far below what any quadratic step would take. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @ParameterizedTest
  @ValueSource(strings = {"a", " "})
  void tenMillion(String unit) {
    covers(Tokenizers.load("small"), unit.repeat(UNITS));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ab1", "\n", "'", "\u0301", "😀", "日", "é"})
  void twoMillion(String unit) {
    covers(Tokenizers.load("small"), unit.repeat(UNITS / 5 / unit.length()));
  }

  @ParameterizedTest
  @CsvSource({"gemma-style,a", "gemma-style,the", "llama-style,a", "llama-style,😀"})
  void oneWordForTheWholeText(String name, String unit) {
    covers(Tokenizers.load(name), unit.repeat(UNITS / 4 / unit.length()));
  }

  private static void covers(Tokenizer tokenizer, String text) {
    Encoding encoding =
        assertTimeoutPreemptively(
            LIMIT, () -> tokenizer.encode(text, EncodeOptions.plain().withSpecialTokens(false)));
    int end = 0;
    for (int i = 0; i < encoding.length(); i++) {
      assertTrue(encoding.start(i) <= end, "a gap before token " + i);
      end = encoding.end(i);
    }
    assertEquals(text.length(), end);
  }
}
