package io.github.modernbert.tokenizer.json;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.files.ModelFileException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerJsonTest {
  @Test
  void tablesBecomeListsAndTheRestStays() {
    var document =
        TokenizerJson.parse(
            "tokenizer.json",
            """
            {"model": {"merges": ["#version: 0.2", "a b"], "type": "BPE", "vocab": {"a": 0, "b": 7}},
             "normalizer": null}
            """);
    assertEquals(
        "{\"model\":{\"type\":\"BPE\"},\"normalizer\":null}", document.settings().toString());
    var vocabulary = (VocabularyEntries.WithIds) document.vocabulary().orElseThrow();
    assertEquals(List.of("a", "b"), vocabulary.tokens());
    assertArrayEquals(new int[] {0, 7}, vocabulary.ids());
    MergeEntries merges = document.merges().orElseThrow();
    assertEquals("a", merges.left(0));
    assertEquals("b", merges.right(0));
    assertArrayEquals(new int[] {1}, merges.places());
  }

  @Test
  void tablesOfAnotherKindStayWhereTheyAre() {
    var document = TokenizerJson.parse("f", "{\"model\": {\"vocab\": 1, \"merges\": \"x\"}}");
    assertEquals("{\"model\":{\"vocab\":1,\"merges\":\"x\"}}", document.settings().toString());
    assertFalse(document.vocabulary().isPresent());
    assertFalse(document.merges().isPresent());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"vocab\":{\"a\":-1}} | vocab.a: expected an integer from 0 to 2147483647, found -1",
        "{\"vocab\":{\"a\":\"1\"}} | vocab.a: expected an integer from 0 to 2147483647",
        "{\"vocab\":{\"a\":2147483648}} | vocab.a: expected an integer from 0 to 2147483647",
        "{\"vocab\":[\"a\"]} | vocab[0]: expected a token and its score, found \"a\"",
        "{\"vocab\":[[\"a\",1,2]]} | vocab[0][2]: expected a token and its score only, found 2",
        "{\"merges\":[[\"a\"]]} | merges[0][1]: expected a string, found nothing",
        "{\"merges\":[\"a b\",\"a\"]} | merges[1]: expected two tokens with one space between",
        "{\"merges\":[\"a b\",[\"a\",\"b\"]]} | merges[1]: expected a string, found"
      })
  void whatIsWrongIsNamedWithItsPlace(String model, String message) {
    var e =
        assertThrows(
            ModelFileException.class,
            () -> TokenizerJson.parse("t.json", "{\"model\":" + model + "}"));
    String found = String.valueOf(e.getMessage());
    assertTrue(found.startsWith("t.json: model." + message), found);
  }

  /** Random tokens, raw or escaped, long enough together to cross the ends of buffers. */
  @Test
  void tokensAreReadAsTheyAreMeant() {
    var random = new Random(7);
    int[] kinds = {
      'a', 'z', '"', '\\', '/', '\n', 0x1F, 0xE9, 0x120, 0x7FF, 0x4E00, 0xFFFD, 0x1F600
    };
    var tokens = new LinkedHashSet<String>();
    while (tokens.size() < 20_000) {
      var token = new StringBuilder();
      for (int i = random.nextInt(12); i >= 0; i--) {
        token.appendCodePoint(kinds[random.nextInt(kinds.length)]);
      }
      tokens.add(token.toString());
    }
    var text = new StringBuilder("{ \"m\\u006fdel\" : {\"vocab\" : {");
    int id = 0;
    for (String token : tokens) {
      text.append(id == 0 ? "" : " ,\n").append('"');
      token.chars().forEach(unit -> append((char) unit, random.nextBoolean(), text));
      text.append("\": ").append(id++);
    }
    text.append("}}, \"version\" : \"1.0\"}");
    var document = TokenizerJson.parse("t.json", text.toString());
    var vocabulary = (VocabularyEntries.WithIds) document.vocabulary().orElseThrow();
    assertEquals(List.copyOf(tokens), vocabulary.tokens());
    assertArrayEquals(IntStream.range(0, tokens.size()).toArray(), vocabulary.ids());
    assertEquals("{\"model\":{},\"version\":\"1.0\"}", document.settings().toString());
  }

  private static void append(char unit, boolean escaped, StringBuilder text) {
    // Half a pair stays as it is: its other half may, too.
    boolean must = unit < ' ' || unit == '"' || unit == '\\';
    if (must || escaped && !Character.isSurrogate(unit)) {
      text.append("\\u%04X".formatted((int) unit));
    } else {
      text.append(unit);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\\ud83d\\ude00 | 😀",
        "\\b\\f\\n\\r\\t\\\"\\\\\\/ | 8,12,10,13,9,34,92,47",
      })
  void escapesAreThoseOfJson(String escaped, String meaning) {
    String wanted =
        meaning.contains(",")
            ? Arrays.stream(meaning.split(","))
                .map(c -> Character.toString(Integer.parseInt(c)))
                .collect(Collectors.joining())
            : meaning;
    var document = TokenizerJson.parse("t", "{\"model\":{\"vocab\":{\"" + escaped + "\":1}}}");
    assertEquals(List.of(wanted), document.vocabulary().orElseThrow().tokens());
  }

  @Test
  void numbersAreReadAsTheyAreWritten() {
    var document =
        TokenizerJson.parse(
            "t",
            "{\"model\":{\"vocab\":[[\"a\",-1.5e1],[\"b\", 0 ],[\"c\",-2.0122928619384766]]}}");
    var vocabulary = (VocabularyEntries.WithScores) document.vocabulary().orElseThrow();
    assertArrayEquals(new double[] {-15, 0, -2.0122928619384766}, vocabulary.scores());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"vocab\":{\"a\":01}}",
        "{\"vocab\":{\"a\" 1}}",
        "{\"vocab\":{\"a\":1 \"b\":2}}",
        "{\"vocab\":{\"a\":1,}}",
        "{\"vocab\":{'a':1}}",
        "{\"vocab\":{\"a\u0001\":1}}",
        "{\"vocab\":{\"\\x\":1}}",
        "{\"vocab\":{\"\\u12g4\":1}}",
        "{\"vocab\":[[\"a\",1.]]}",
        "{\"vocab\":[[\"a\",.5]]}",
        "{\"vocab\":[[\"a\",+1]]}",
        "{\"vocab\":[[\"a\",NaN]]}",
        "{\"vocab\":[[\"a\",1e999]]}",
        "{\"vocab\":{\"a\":1",
        "{\"vocab\":{\"a",
        "{\"vocab\":{\"\\ud800\":1}}",
        "{\"vocab\":{\"\\ud800\\u0041\":1}}",
        "{\"merges\":[\"a b\" \"c d\"]}",
        "{\"merges\":[[\"a\",\"b\"],]}",
        "{\"merges\":[[\"a\" \"b\"]]}",
        "{\"other\":tru}",
        "{\"other\":[1,}",
        "{\"other\"",
        "{\"other\":[1 2]}",
        "{\"other\":[1,]}",
        "{\"other\":{\"a\":1,}}",
        "{\"other\":\"\\x\"}",
        "{\"other\":\"\u0001\"}",
        "{\"other\":nul}",
        "{\"other\":01}",
        "{\"other\":}",
        "{\"vocab\":{\"a\":1},}",
        "{,}"
      })
  void tablesAreReadStrictly(String model) {
    String text = "{\"model\":" + model + "}";
    var e = assertThrows(ModelFileException.class, () -> TokenizerJson.parse("t.json", text));
    assertTrue(String.valueOf(e.getMessage()).startsWith("t.json: "), e.getMessage());
  }

  @Test
  void keysOfTheModelThatNobodyReadsAreLeftOut() {
    var document =
        TokenizerJson.parse(
            "t",
            """
            {"model": {"type": "BPE", "note": {"a": [1, -2.5e3, "x\\n\u00e9\u4e00", true, null, {}], "vocab": {}},
             "vocab": {"a": 0}, "other": [[], false]}, "version": "1.0"}
            """);
    assertEquals(
        "{\"model\":{\"type\":\"BPE\"},\"version\":\"1.0\"}", document.settings().toString());
    assertEquals(List.of("a"), document.vocabulary().orElseThrow().tokens());
  }

  /** Much text between a beginning and an end. */
  private static InputStream filled(String begin, long count, String end) {
    InputStream middle =
        new InputStream() {
          private long left = count;

          @Override
          public int read() {
            return left-- > 0 ? 'x' : -1;
          }

          @Override
          public int read(byte[] buffer, int offset, int length) {
            int some = (int) Math.min(length, left);
            Arrays.fill(buffer, offset, offset + some, (byte) 'x');
            left -= some;
            return some == 0 ? -1 : some;
          }
        };
    return new SequenceInputStream(new SequenceInputStream(bytes(begin), middle), bytes(end));
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whatNobodyReadsIsNotHeld() throws Exception {
    var text = filled("{\"model\":{\"note\":[\"", 90_000_000, "\"],\"vocab\":{\"a\":0}}}");
    long before = allocated();
    var document = new TokenizerJsonReader("tokenizer.json", text).read();
    long allocated = allocated() - before;
    assertEquals(List.of("a"), document.vocabulary().orElseThrow().tokens());
    assertTrue(allocated < 9_000_000, () -> allocated + " bytes allocated");
  }

  /** The bytes that this thread has allocated; by reflection, as the module needs no management. */
  private static long allocated() throws ReflectiveOperationException {
    Object threads =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getThreadMXBean")
            .invoke(null);
    return (long)
        Class.forName("com.sun.management.ThreadMXBean")
            .getMethod("getCurrentThreadAllocatedBytes")
            .invoke(threads);
  }

  @Test
  void unknownKeysAreRefusedBeforeTheirValuesAreRead() {
    var text = filled("{\"note\":\"", Long.MAX_VALUE, "\"}");
    var e =
        assertThrows(
            ModelFileException.class, () -> new TokenizerJsonReader("tokenizer.json", text).read());
    assertEquals("tokenizer.json: note: unknown key", e.getMessage());
  }

  @Test
  void aMarkOfUtf8IsPassedOver(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("f"), "\uFEFF{\"model\":{\"vocab\":{\"a\":1}}}");
    assertEquals(List.of("a"), TokenizerJson.read(file).vocabulary().orElseThrow().tokens());
  }

  @ParameterizedTest
  @ValueSource(strings = {"C0AF", "EDA080", "F4908080", "C2", "E28278", "80", "F0808080", "FF"})
  void tokensMustBeUtf8(String bytes, @TempDir Path folder) throws Exception {
    var text = new ByteArrayOutputStream();
    text.writeBytes("{\"model\":{\"vocab\":{\"".getBytes(StandardCharsets.UTF_8));
    text.writeBytes(HexFormat.of().parseHex(bytes));
    text.writeBytes("\":1}}}".getBytes(StandardCharsets.UTF_8));
    Path file = Files.write(folder.resolve("tokenizer.json"), text.toByteArray());
    var e = assertThrows(ModelFileException.class, () -> TokenizerJson.read(file));
    assertEquals(file + ": not UTF-8 text", e.getMessage());
  }

  /** A file of brackets without end, of which it counts what is read. */
  private static final class Brackets extends InputStream {
    long read;

    @Override
    public int read() {
      read++;
      return '[';
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      Arrays.fill(buffer, offset, offset + length, (byte) '[');
      read += length;
      return length;
    }
  }

  @Test
  void deepNestingIsRefusedBeforeTheRestIsRead() {
    var brackets = new Brackets();
    var e =
        assertThrows(
            ModelFileException.class,
            () -> new TokenizerJsonReader("tokenizer.json", brackets).read());
    assertTrue(String.valueOf(e.getMessage()).contains("Nesting limit"), e.getMessage());
    assertTrue(brackets.read <= 100_000, () -> brackets.read + " characters read");
  }

  @Test
  void filesThatCannotBeReadAreNamed(@TempDir Path folder) throws Exception {
    Path missing = folder.resolve("tokenizer.json");
    var e = assertThrows(ModelFileException.class, () -> TokenizerJson.read(missing));
    assertEquals(missing + ": file not found", e.getMessage());
    Path binary = Files.write(folder.resolve("binary"), new byte[] {'{', '"', (byte) 0xFF});
    e = assertThrows(ModelFileException.class, () -> TokenizerJson.read(binary));
    assertEquals(binary + ": not UTF-8 text", e.getMessage());
  }
}
