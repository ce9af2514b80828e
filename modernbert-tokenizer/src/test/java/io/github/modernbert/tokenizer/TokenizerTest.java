package io.github.modernbert.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** The API beyond the results that the golden data fixes. */
class TokenizerTest {
  private static final EncodeOptions PLAIN = EncodeOptions.plain();

  private final Tokenizer tokenizer = Tokenizers.load("small");

  @Test
  void offsetsAreIndicesOfTheText() {
    String text = "x 😀 é";
    Encoding encoding = tokenizer.encode(text, PLAIN.withSpecialTokens(false));
    assertEquals("x", text.substring(encoding.start(0), encoding.end(0)));
    int last = encoding.length() - 1;
    assertEquals("é", text.substring(encoding.start(last), encoding.end(last)).strip());
  }

  @Test
  void loneSurrogatesAreReplacementCharacters() {
    for (String half : List.of("\uD800", "\uDC00", "\uDC00\uD800")) {
      String text = "a" + half + "b 😀" + half;
      String replaced = "a" + "\uFFFD".repeat(half.length()) + "b 😀";
      Encoding actual = tokenizer.encode(text);
      Encoding expected = tokenizer.encode(replaced + "\uFFFD".repeat(half.length()));
      assertArrayEquals(expected.ids(), actual.ids());
      assertEquals(expected.end(actual.length() - 2), actual.end(actual.length() - 2));
    }
  }

  @Test
  void lowercasingComesFirstAndLeavesSpecialTokensAlone() {
    Tokenizer lower = tokenizer.lowercasing();
    String text = "ÉCOLE [MASK] Straße";
    assertArrayEquals(tokenizer.encode("école [MASK] straße").ids(), lower.encode(text).ids());
    assertFalse(
        Arrays.equals(tokenizer.encode(text).ids(), lower.encode(text).ids()), "case matters");
    assertEquals(lower, lower.lowercasing());
  }

  @Test
  void truncationIsToldWithTheFullLength() {
    Encoding full = tokenizer.encode("one two three four", PLAIN);
    Encoding cut = tokenizer.encode("one two three four", PLAIN.withTruncation(Truncation.to(4)));
    assertFalse(full.isTruncated());
    assertTrue(cut.isTruncated());
    assertEquals(4, cut.length());
    assertEquals(full.length(), cut.fullLength());
    assertEquals(full.length(), tokenizer.count("one two three four", true));
    assertArrayEquals(
        full.ids(), tokenizer.encode("one two three four", PLAIN).ids(), "nothing is remembered");
  }

  @Test
  void anEmptySecondTextIsASecondText() {
    int[] pair = tokenizer.encodePair("x", "", PLAIN).ids();
    int[] single = tokenizer.encode("x", PLAIN).ids();
    assertEquals(single.length + 1, pair.length);
    assertEquals(pair[pair.length - 2], pair[pair.length - 1]);
  }

  @Test
  void arraysBelongToTheCaller() {
    Encoding encoding = tokenizer.encode("x", PLAIN);
    Arrays.fill(encoding.ids(), -1);
    Arrays.fill(encoding.attentionMask(), -1);
    assertEquals(tokenizer.encode("x", PLAIN).id(0), encoding.id(0));
    assertArrayEquals(new int[] {1, 1, 1}, encoding.attentionMask());
  }

  @Test
  void vocabularyLookUps() {
    AddedToken mask =
        tokenizer.addedTokens().stream()
            .filter(token -> token.content().equals("[MASK]"))
            .findFirst()
            .orElseThrow();
    assertTrue(mask.special() && mask.lstrip());
    assertEquals(OptionalInt.of(mask.id()), tokenizer.tokenToId("[MASK]"));
    assertEquals("[MASK]", tokenizer.idToToken(mask.id()).orElseThrow());
    assertEquals(OptionalInt.empty(), tokenizer.tokenToId("no such token"));
    assertTrue(tokenizer.idToToken(tokenizer.vocabularySize()).isEmpty());
    assertTrue(tokenizer.idToToken(-1).isEmpty());
    assertEquals("", tokenizer.decode(new int[] {-1, Integer.MAX_VALUE}, false));
  }

  @Test
  void impossibleOptionsAreTheCallersMistake() {
    assertThrows(IllegalArgumentException.class, () -> Truncation.to(-1));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Truncation(4, -1, Truncation.Strategy.LONGEST_FIRST, Direction.RIGHT));
    assertThrows(IllegalArgumentException.class, () -> Padding.longest(-1, "[PAD]"));
    var stride = new Truncation(4, 3, Truncation.Strategy.LONGEST_FIRST, Direction.RIGHT);
    assertThrows(
        IllegalArgumentException.class, () -> tokenizer.encode("x", PLAIN.withTruncation(stride)));
    var second = new Truncation(4, 0, Truncation.Strategy.ONLY_SECOND, Direction.RIGHT);
    assertThrows(
        IllegalArgumentException.class,
        () -> tokenizer.encode("one two three four", PLAIN.withTruncation(second)));
  }

  @Test
  void aPatternThatIsGivenUpIsNamedWithItsFile() {
    String json = Tokenizers.json("small");
    String pattern = "(?:(?:x|xx)*){3000}z";
    String file =
        json.replaceFirst(
            "\"normalizer\"\\s*:\\s*\\{[^}]*}",
            "\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"Regex\":\""
                + pattern
                + "\"},\"content\":\"\"}");
    assertFalse(file.equals(json));
    Tokenizer replacing = Tokenizer.parse("tokenizer.json", file);
    var e = assertThrows(IllegalArgumentException.class, () -> replacing.encode("x".repeat(100)));
    assertEquals(
        "tokenizer.json: normalizer.pattern.Regex: pattern "
            + pattern
            + ": regular expression gave up on a text of 100 chars: too many steps",
        e.getMessage());
  }

  @Test
  void threadsDoNotDisturbEachOther() throws Exception {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      texts.add("text number " + i + " é日😀 [MASK] ".repeat(i % 7));
    }
    List<String> expected = results(texts);
    try (var pool = Executors.newFixedThreadPool(4)) {
      List<Callable<List<String>>> calls = java.util.Collections.nCopies(8, () -> results(texts));
      for (var result : pool.invokeAll(calls)) {
        assertEquals(expected, result.get());
      }
    }
  }

  private List<String> results(List<String> texts) {
    return texts.stream()
        .map(text -> tokenizer.encode(text))
        .map(encoding -> Arrays.toString(encoding.ids()) + tokenizer.decode(encoding.ids(), true))
        .toList();
  }
}
