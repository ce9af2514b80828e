package io.github.modernbert.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonScannerTest {
  private static JsonScanner scanner(byte[] text) {
    return new JsonScanner("f", "part", new ByteArrayInputStream(text), text.length);
  }

  private static JsonScanner scanner(String text) {
    return scanner(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String message(JsonScanner in) {
    return String.valueOf(
        assertThrows(
                ModelFileException.class,
                () -> {
                  in.skip();
                  in.end();
                })
            .getMessage());
  }

  @Test
  void valuesAreReadInTheirOrder() throws IOException {
    JsonScanner in = scanner(" {\"a\" : [1, 2.5e1 ,[]], \"b\":null,\"c\":\"x\\ny\" } ");
    in.beginObject("document");
    assertTrue(in.next());
    assertEquals("a", in.key());
    in.beginArray("a");
    assertTrue(in.next());
    assertEquals(1, in.unsigned("a"));
    assertTrue(in.next());
    assertEquals(25, in.number("a").value());
    assertTrue(in.next());
    in.skip();
    assertFalse(in.next());
    assertTrue(in.next());
    assertEquals("b", in.key());
    assertTrue(in.acceptNull());
    assertTrue(in.next());
    assertNull(in.key(0), "longer than asked for");
    assertEquals("x\ny", in.string("c"));
    assertFalse(in.next());
    in.end();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "[[],{},[{}]]",
        "{\"a\":{\"b\":[1,-0.5E-3,true,false,null,\"\\u00e9\"]}}",
        "0"
      })
  void whatIsSkippedIsCopied(String text) throws IOException {
    JsonScanner in = scanner(text + " ");
    var copy = new ByteArrayOutputStream();
    in.copyTo(copy);
    in.skip();
    in.copyTo(null);
    in.end();
    assertEquals(text, copy.toString(StandardCharsets.UTF_8));
  }

  @Test
  void partsAreCopiedAcrossBuffers() throws IOException {
    String longText = "é€😀".repeat(20_000);
    JsonScanner in = scanner("[\"" + longText + "\", 1, \"" + longText + "\"]");
    var copy = new ByteArrayOutputStream();
    in.copyTo(copy);
    in.beginArray("list");
    assertTrue(in.next());
    in.skip();
    in.copyTo(null);
    assertTrue(in.next());
    in.skip();
    in.copyTo(copy);
    assertTrue(in.next());
    assertEquals(longText, in.string("text", 1 << 20));
    assertFalse(in.next());
    in.copyTo(null);
    assertEquals(
        "[\"" + longText + "\", \"" + longText + "\"]", copy.toString(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "[1 2]       | f: part, byte 3: expected ',' or ']', found '2'",
        "{\"a\" 1}   | f: part, byte 5: expected ':', found '1'",
        "{1:2}       | f: part, byte 1: key must be a string, found '1'",
        "[1,]        | f: part, byte 3: expected a value, found ']'",
        "[           | f: part, byte 1: expected a value, found the end",
        "[01]        | f: part, byte 3: not a number of JSON, or beyond the range of double",
        "1e999       | f: part, byte 5: not a number of JSON, or beyond the range of double",
        "tru         | f: part, byte 3: expected a value",
        "\"a         | f: part, byte 2: string without end",
        "\"\\x\"     | f: part, byte 3: unknown escape in a string",
        "\"\\u12g4\" | f: part, byte 5: \\u needs four hexadecimal digits",
        "\"\\ud800\" | f: part, byte 7: lone surrogate in a string",
        "\"\\udc00\" | f: part, byte 7: lone surrogate in a string",
        "\"\\ud83d\\u0041\" | f: part, byte 13: lone surrogate in a string",
        "{} {}       | f: part, byte 3: text after the end of the JSON document",
      })
  void errorsNameTheirPlace(String text, String message) {
    assertEquals(message, message(scanner(text)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"C0AF", "EDA080", "F4908080", "C2", "E28278", "80", "F0808080", "FF"})
  void stringsMustBeUtf8(String bytes) {
    String text = "22" + bytes + "22";
    String found = message(scanner(HexFormat.of().parseHex(text)));
    assertTrue(found.endsWith(": not UTF-8 text"), found);
  }

  @Test
  void byteOrderMarksArePassedOverWhereAsked() throws IOException {
    JsonScanner in = scanner("\uFEFF[]");
    var copy = new ByteArrayOutputStream();
    in.copyTo(copy);
    in.skipByteOrderMark();
    in.skip();
    in.end();
    in.copyTo(null);
    assertEquals("[]", copy.toString(StandardCharsets.UTF_8));
    assertEquals(
        "f: part, byte 0: expected a value, found byte 0xEF", message(scanner("\uFEFF[]")));
    assertThrows(ModelFileException.class, () -> scanner("\uF000[]").skipByteOrderMark());
  }

  @ParameterizedTest
  @CsvSource({
    "0, true",
    "18446744073709551615, true",
    "18446744073709551616, false",
    "-1, false",
    "1.0, false",
    "1e2, false",
  })
  void unsignedNumbersHave64Bits(String text, boolean unsigned) throws IOException {
    JsonNumber number = scanner(text + ",").number("n");
    assertEquals(unsigned, number.isUnsigned());
    assertEquals(text, number.toString());
    assertEquals(Double.parseDouble(text), number.value());
    if (unsigned) {
      assertEquals(Long.parseUnsignedLong(text), number.unsigned());
    }
  }

  @Test
  void longNumbersHaveNoValue() throws IOException {
    JsonNumber number = scanner("0." + "1".repeat(1000)).number("n");
    assertFalse(number.isUnsigned());
    assertThrows(ModelFileException.class, number::value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"a\":[1,\"]}\\\"\"]}, 2 | {\"a\":[1,\"]}\\\"\"]}",
        "tru ]                    | tru",
        "\"without end            | \"without end",
        "],                       | ~~",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | aaaaaaaaaaaaaaaaaaaa"
      })
  void previewsShowWhatStandsNext(String text, String shown) throws IOException {
    assertEquals(shown, scanner(text).preview(20));
  }

  @Test
  void nothingIsKeptOfLongStrings() throws IOException {
    JsonScanner in = scanner("[\"" + "x".repeat(1 << 17) + "\"]");
    in.beginArray("list");
    assertTrue(in.next());
    assertNull(in.string("name", 10));
    JsonScanner again = scanner("\"" + "x".repeat(1 << 17) + "\"");
    var e = assertThrows(ModelFileException.class, () -> again.string("name"));
    assertTrue(String.valueOf(e.getMessage()).endsWith("name is longer than 65536 bytes"));
  }

  @Test
  void textThatEndsBeforeItsLengthIsToldAsFailureOfReading() {
    InputStream in = new ByteArrayInputStream(new byte[] {'[', '1'});
    assertThrows(EOFException.class, () -> new JsonScanner("f", "", in, 10).skip());
  }

  @Test
  void pieceAfterPieceGoesToTheSink() throws IOException {
    List<String> pieces = new ArrayList<>();
    scanner("\"ab\\né\"")
        .string(
            "text",
            (utf8, from, count) ->
                pieces.add(
                    new String(
                        Arrays.copyOfRange(utf8, from, from + count), StandardCharsets.UTF_8)));
    assertEquals("ab\né", String.join("", pieces));
  }
}
