package io.github.modernbert.tokenizer.json;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.files.ModelFileException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
      java.util.Arrays.fill(buffer, offset, offset + length, (byte) '[');
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
