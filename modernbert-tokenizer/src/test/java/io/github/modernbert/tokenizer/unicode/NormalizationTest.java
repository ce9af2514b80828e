package io.github.modernbert.tokenizer.unicode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import io.github.modernbert.testdata.Golden;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Normalized texts, their alignment, the quick check and the time that hard texts take. */
class NormalizationTest {
  private static final String ALIGNMENTS = "alignments.jsonl.gz";

  @Test
  void sameTextAndAlignment() {
    int cases = 0;
    for (var folder :
        Golden.folders(
            Golden.project().resolve("src-test-data/golden-extra/unicode"), ALIGNMENTS)) {
      for (var line : Golden.jsonLines(folder.resolve(ALIGNMENTS))) {
        JsonArray expected = line.getAsJsonArray();
        var form = NormalizationForm.valueOf(expected.get(0).getAsString());
        String text = expected.get(1).getAsString();
        var normalized = new StringBuilder();
        var originals = new JsonArray();
        align(form, text, normalized).forEach(originals::add);
        assertEquals(expected.get(2).getAsString(), normalized.toString(), () -> form + " " + line);
        assertEquals(expected.get(3), originals, () -> form + " " + line);
        if (form.isNormalized(text)) {
          assertEquals(text, normalized.toString(), () -> "quick check of " + line);
        }
        cases++;
      }
    }
    Golden.report("alignments of normalized texts", cases);
  }

  /** For each normalized code point, the code point that the reference aligns it to. */
  private static List<String> align(NormalizationForm form, String text, StringBuilder normalized) {
    int[] before = text.codePoints().toArray();
    var originals = new ArrayList<String>();
    int[] at = {0};
    form.normalize(
        text,
        (codePoint, change) -> {
          normalized.appendCodePoint(codePoint);
          int aligned = change > 0 ? at[0] - 1 : at[0];
          originals.add(aligned < 0 ? "" : Character.toString(before[aligned]));
          at[0] += change > 0 ? 0 : 1 - change;
        });
    assertEquals(before.length, at[0], "code points used up");
    return originals;
  }

  @ParameterizedTest
  @EnumSource
  void quickCheckIsRightForEveryCodePoint(NormalizationForm form) {
    AllCodePoints.codePoints()
        .mapToObj(Character::toString)
        .filter(form::isNormalized)
        .forEach(text -> {
          var normalized = new StringBuilder();
          align(form, text, normalized);
          assertEquals(text, normalized.toString());
        });
  }

  @Test
  void quickCheckSeesCommonTexts() {
    for (String text : List.of("", "plain", "déjà vu", "नमस्ते", "한국어", "我能吞", "שָׁלוֹם")) {
      assertTrue(NormalizationForm.NFC.isNormalized(text), text);
    }
    assertFalse(NormalizationForm.NFC.isNormalized("e\u0301"));
    assertFalse(NormalizationForm.NFD.isNormalized("\u00E9"));
    assertFalse(NormalizationForm.NFKC.isNormalized("\uFB01"));
    assertFalse(NormalizationForm.NFD.isNormalized("a\u0301\u0327"), "marks out of order");
  }

  @ParameterizedTest
  @EnumSource
  void millionsOfMarksInARow(NormalizationForm form) {
    String marks = "a" + "\u0301\u0327\u0345".repeat(1_000_000);
    int[] count = {0};
    form.normalize(marks, (codePoint, change) -> count[0]++);
    assertTrue(count[0] >= 2_999_998, () -> count[0] + " code points");
  }
}
