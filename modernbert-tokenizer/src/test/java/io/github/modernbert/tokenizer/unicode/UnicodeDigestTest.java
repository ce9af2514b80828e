package io.github.modernbert.tokenizer.unicode;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import io.github.modernbert.testdata.Golden;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/** Every code point is classified and transformed as in the reference. */
class UnicodeDigestTest {
  private static final JsonObject DIGESTS =
      Golden.json(
              Golden.project()
                  .resolve("src-test-data/golden-extra/unicode")
                  .resolve("digests.json"))
          .getAsJsonObject();

  /** All code points, each followed by a character that separates them. */
  private static final String SEPARATED =
      AllCodePoints.codePoints()
          .collect(
              StringBuilder::new,
              (text, c) -> text.appendCodePoint(c).append('!'),
              StringBuilder::append)
          .toString();

  @Test
  void whitespace() {
    assertPieces("whitespace-split", c -> UnicodeClass.isWhitespace(c) ? AllCodePoints.DROPPED : 0);
  }

  @Test
  void numeric() {
    assertPieces("digits", c -> UnicodeClass.isNumeric(c) ? 1 + c : 0);
  }

  @Test
  void punctuation() {
    assertPieces("punctuation", c -> UnicodeClass.isPunctuation(c) ? 1 : 0);
  }

  @Test
  void wordsAndSpace() {
    assertPieces(
        "whitespace",
        c -> UnicodeClass.isWord(c) ? 1 : UnicodeClass.isWhitespace(c) ? AllCodePoints.DROPPED : 0);
  }

  @Test
  void scripts() {
    int[] last = {0};
    assertPieces(
        "scripts",
        c -> {
          last[0] = UnicodeClass.script(c) == 0 ? last[0] : UnicodeClass.script(c);
          return last[0];
        });
  }

  @Test
  void control() {
    var cleaned = new StringBuilder();
    SEPARATED
        .codePoints()
        .filter(c -> c != 0xFFFD && !UnicodeClass.isControl(c))
        .forEach(c -> cleaned.appendCodePoint(UnicodeClass.isWhitespace(c) ? ' ' : c));
    assertText("clean-text", cleaned.toString());
  }

  @Test
  void chineseChars() {
    var spaced = new StringBuilder();
    SEPARATED
        .codePoints()
        .forEach(c -> {
          boolean chinese = UnicodeClass.isChineseChar(c);
          spaced.append(chinese ? " " : "").appendCodePoint(c).append(chinese ? " " : "");
        });
    assertText("chinese-chars", spaced.toString());
  }

  @Test
  void nonspacingMarks() {
    assertText(
        "strip-accents-bert",
        without(UnicodeClass::isNonspacingMark, normalized(NormalizationForm.NFD, SEPARATED)));
  }

  @Test
  void combiningMarks() {
    assertText("strip-accents", without(UnicodeClass::isCombiningMark, SEPARATED));
  }

  @Test
  void lowerCase() {
    var lower = new StringBuilder();
    CaseMapping.toLowerCase(SEPARATED, (c, change) -> lower.appendCodePoint(c));
    assertText("lowercase", lower.toString());
  }

  @Test
  void normalizationForms() {
    for (var form : NormalizationForm.values()) {
      assertText(form.name(), normalized(form, SEPARATED));
    }
  }

  private static String normalized(NormalizationForm form, String text) {
    var normalized = new StringBuilder();
    form.normalize(text, (c, change) -> normalized.appendCodePoint(c));
    return normalized.toString();
  }

  private static String without(IntPredicate dropped, String text) {
    var kept = new StringBuilder();
    text.codePoints().filter(dropped.negate()).forEach(kept::appendCodePoint);
    return kept.toString();
  }

  private static void assertPieces(String name, IntUnaryOperator kindOf) {
    assertEquals(digest("pieces", name), AllCodePoints.pieces(kindOf), name);
  }

  private static void assertText(String name, String text) {
    assertEquals(digest("texts", name), AllCodePoints.digest(text), name);
  }

  private static String digest(String kind, String name) {
    return DIGESTS.getAsJsonObject(kind).get(name).getAsString();
  }
}
