package io.github.modernbert.tokenizer.regex;

import io.github.modernbert.tokenizer.unicode.CodePointSet;

/** Classes of characters of the reference's regular expressions, for code that needs no pattern. */
public final class CharacterClass {
  private CharacterClass() {}

  /** The code points that <code>\p{L}</code> matches. */
  public static CodePointSet letters() {
    return Properties.property("L").orElseThrow();
  }

  /** The code points that <code>\p{N}</code> matches. */
  public static CodePointSet numbers() {
    return Properties.property("N").orElseThrow();
  }

  /** The code points that {@code \s} matches. */
  public static CodePointSet spaces() {
    return Properties.SPACE;
  }
}
