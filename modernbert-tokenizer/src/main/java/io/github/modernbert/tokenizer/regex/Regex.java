package io.github.modernbert.tokenizer.regex;

import io.github.modernbert.tokenizer.regex.Node.Literal;
import java.util.List;
import java.util.Objects;

/**
 * A compiled pattern in Oniguruma's own syntax, which is what the reference compiles the patterns
 * of Split, Replace and ByteLevel with. Immutable, and safe for use by many threads.
 *
 * <pre>{@code
 * var matcher = Regex.compile("\\p{L}+|\\s+").matcher("some text");
 * while (matcher.next()) {
 *   System.out.println(matcher.start() + "–" + matcher.end());
 * }
 * }</pre>
 *
 * <p>Not supported, and refused by {@link #compile}: back-references and calls of groups, {@code \K
 * \X \y \Y}, control escapes such as {@code \cA}, callouts, conditionals, absent groups, and the
 * options that limit classes to ASCII.
 */
public final class Regex {
  private final String pattern;
  private final Program program;

  private Regex(String pattern, Node node) {
    this.pattern = pattern;
    this.program = Compiler.compile(node);
  }

  /**
   * Compiles a pattern.
   *
   * @throws IllegalArgumentException when the pattern is invalid or has an unsupported construct;
   *     the message has the pattern, the index and what is wrong there
   */
  public static Regex compile(String pattern) {
    Node parsed = PatternParser.parse(pattern);
    return new Regex(pattern, new Lowering(new PatternReader(pattern)).lower(parsed));
  }

  /** A pattern that matches exactly {@code text}, whatever its characters. */
  public static Regex literal(String text) {
    int[] codePoints = text.codePoints().toArray();
    Node literal = new Literal(codePoints, false);
    return new Regex(text, codePoints.length == 0 ? Nodes.concat(List.of()) : literal);
  }

  /** The pattern as it was given. */
  public String pattern() {
    return pattern;
  }

  /** A matcher over all of {@code text}. */
  public Matcher matcher(String text) {
    return matcher(text, 0, text.length());
  }

  /**
   * A matcher over the region from {@code start} (inclusive) to {@code end} (exclusive), outside of
   * which it sees nothing: anchors and look-arounds take the region for the whole text.
   *
   * @throws IndexOutOfBoundsException when the region is not inside the text
   */
  public Matcher matcher(String text, int start, int end) {
    Objects.checkFromToIndex(start, end, text.length());
    return new Matcher(program, text, start, end);
  }

  @Override
  public String toString() {
    return pattern;
  }
}
