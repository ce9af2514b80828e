package io.github.modernbert.tokenizer.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.tokenizer.json.VocabularyEntries;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VocabularyTest {
  @Test
  void tokensAreFoundByTextAndById() {
    List<String> tokens =
        IntStream.range(0, 50_000).mapToObj(i -> Integer.toString(i, 36) + "Ġé😀").toList();
    int[] ids = IntStream.range(0, tokens.size()).map(i -> 2 * i).toArray();
    var vocabulary = Vocabulary.of(new VocabularyEntries.WithIds(tokens, ids));
    for (int i = 0; i < ids.length; i++) {
      assertEquals(ids[i], vocabulary.id(tokens.get(i)));
      assertEquals(tokens.get(i), vocabulary.token(ids[i]));
      assertNull(vocabulary.token(ids[i] + 1));
    }
    assertEquals(Vocabulary.NONE, vocabulary.id("none"));
    assertEquals(Vocabulary.NONE, vocabulary.id(""));
    assertNull(vocabulary.token(-1));
    assertTrue(vocabulary.isOneToOne());
  }

  @Test
  void ofEqualTokensTheLastCounts() {
    List<String> tokens = List.of("a", "b", "a", "");
    var withIds = Vocabulary.of(new VocabularyEntries.WithIds(tokens, new int[] {0, 1, 2, 3}));
    assertEquals(3, withIds.size());
    assertEquals(2, withIds.id("a"));
    assertNull(withIds.token(0));
    assertEquals(3, withIds.id(""));
    var found = new HashMap<String, Integer>();
    withIds.forEach(found::put);
    assertEquals(Map.of("b", 1, "a", 2, "", 3), found);
    var inOrder = Vocabulary.of(new VocabularyEntries.WithScores(tokens, new double[4]));
    assertEquals(4, inOrder.size());
    assertEquals(2, inOrder.id("a"));
    assertEquals("a", inOrder.token(0));
  }

  @Test
  void idsMayBeSharedAndLeaveGaps() {
    var vocabulary =
        Vocabulary.of(
            new VocabularyEntries.WithIds(
                List.of("a", "b", "c"), new int[] {5, 5, Integer.MAX_VALUE}));
    assertFalse(vocabulary.isOneToOne());
    assertEquals(5, vocabulary.id("a"));
    assertEquals("b", vocabulary.token(5));
    assertEquals("c", vocabulary.token(Integer.MAX_VALUE));
    assertEquals(3, vocabulary.size());
  }

  @Test
  void stringsOfZerosDiffer() {
    var vocabulary =
        Vocabulary.of(new VocabularyEntries.WithScores(List.of("\0", "\0\0", ""), new double[3]));
    assertEquals(1, vocabulary.id("\0\0"));
    assertEquals(0, vocabulary.id("\0"));
    assertEquals(2, vocabulary.id(""));
  }
}
