package io.github.modernbert.tokenizer.unicode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Set algebra and tables against bit sets. */
class CodePointSetTest {
  @RepeatedTest(20)
  void sameAsBitSets(RepetitionInfo repetition) {
    var random = new Random(repetition.getCurrentRepetition());
    var a = new BitSet();
    var b = new BitSet();
    CodePointSet setA = randomSet(random, a);
    CodePointSet setB = randomSet(random, b);
    var union = (BitSet) a.clone();
    union.or(b);
    assertSame(union, setA.union(setB));
    var both = (BitSet) a.clone();
    both.and(b);
    assertSame(both, setA.intersection(setB));
    assertEquals(both.isEmpty(), setA.isDisjoint(setB));
    var others = (BitSet) a.clone();
    others.flip(0, Character.MAX_CODE_POINT + 1);
    assertSame(others, setA.complement());
    assertEquals(setA, CodePointSet.parse(setA.toString()));
  }

  private static CodePointSet randomSet(Random random, BitSet bits) {
    CodePointSet set = CodePointSet.NONE;
    for (int i = random.nextInt(20); i > 0; i--) {
      int bound = random.nextBoolean() ? 600 : Character.MAX_CODE_POINT;
      int first = random.nextInt(bound);
      int last = Math.min(first + random.nextInt(bound), Character.MAX_CODE_POINT);
      bits.set(first, last + 1);
      set = set.union(CodePointSet.range(first, last));
    }
    return set;
  }

  private static void assertSame(BitSet expected, CodePointSet actual) {
    var table = new CodePointTable(actual);
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (expected.get(c) != actual.contains(c) || expected.get(c) != table.contains(c)) {
        throw new AssertionError("%X in %s".formatted(c, actual));
      }
    }
  }

  @Test
  void bounds() {
    assertTrue(new CodePointTable(CodePointSet.ALL).contains(Character.MAX_CODE_POINT));
    assertFalse(new CodePointTable(CodePointSet.NONE).contains(0));
    assertEquals("30-39 41 10FFFF", CodePointSet.parse("30-39 41 10FFFF").toString());
    assertEquals(CodePointSet.range('a', 'c'), CodePointSet.of('c', 'a', 'b'));
  }

  @Test
  void spanCountsCodePoints() {
    var table = new CodePointTable(CodePointSet.of('a', 0x1F600));
    assertEquals(4, table.span("a😀ab", 0, 5, 3));
    assertEquals(-1, table.span("a😀ab", 0, 5, 4));
    assertEquals(3, table.span("a😀ab", 0, 3, 0, 9));
    assertEquals(4, table.span("a😀ab", 0, 5, 0, Integer.MAX_VALUE));
    assertEquals(2, table.seek("xya", 0, 3));
    assertEquals(2, table.seek("xya", 0, 2));
  }
}
