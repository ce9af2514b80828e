package io.github.modernbert.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Long texts without anything to cut at are tokenized whole, in memory in proportion to their
 * length. That time is in proportion too is shown step by step for regular expressions and models;
 * here any quadratic step would take hours.
 */
class LongTextTest {
  private static final int UNITS = 10_000_000;

  /** All that is allocated for up to four tokens a character, arrays that grew included. */
  private static final long BYTES_PER_CHAR = 500;

  @ParameterizedTest
  @ValueSource(strings = {"a", " "})
  void tenMillion(String unit) throws Exception {
    covers(Tokenizers.load("small"), unit.repeat(UNITS));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ab1", "\n", "'", "\u0301", "😀", "日", "é"})
  void twoMillion(String unit) throws Exception {
    covers(Tokenizers.load("small"), unit.repeat(UNITS / 5 / unit.length()));
  }

  @ParameterizedTest
  @CsvSource({
    "gemma-style,a",
    "gemma-style,the",
    "llama-style,a",
    "llama-style,😀",
    "models/unigram,a",
    "models/unigram,😀",
    "models/unigram-precompiled,é",
    "models/unigram-byte-fallback,日",
    "models/unigram-no-pretokenizer,the",
    "models/wordpiece,the",
    "models/wordpiece,日",
    "models/wordlevel,a"
  })
  void oneWordForTheWholeText(String name, String unit) throws Exception {
    covers(Tokenizers.load(name), unit.repeat(UNITS / 4 / unit.length()));
  }

  private static void covers(Tokenizer tokenizer, String text) throws Exception {
    long before = allocatedBytes();
    Encoding encoding = tokenizer.encode(text, EncodeOptions.plain().withSpecialTokens(false));
    long allocated = allocatedBytes() - before;
    assertTrue(
        allocated <= BYTES_PER_CHAR * text.length(),
        () -> allocated / text.length() + " bytes for each char");
    int end = 0;
    for (int i = 0; i < encoding.length(); i++) {
      assertTrue(encoding.start(i) <= end, "a gap before token " + i);
      end = encoding.end(i);
    }
    assertEquals(text.length(), end);
  }

  /** The bytes that this thread has allocated; by reflection, as the module needs no management. */
  private static long allocatedBytes() throws Exception {
    Object threads =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getThreadMXBean")
            .invoke(null);
    Method allocated =
        Class.forName("com.sun.management.ThreadMXBean")
            .getMethod("getCurrentThreadAllocatedBytes");
    return (long) allocated.invoke(threads);
  }
}
