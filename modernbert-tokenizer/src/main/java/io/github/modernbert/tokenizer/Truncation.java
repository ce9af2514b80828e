package io.github.modernbert.tokenizer;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.Fields;
import java.util.Objects;

/**
 * The truncation of an encoding to a length.
 *
 * @param maxLength the greatest number of tokens, special tokens included; 0 or more. A length that
 *     leaves no room for the special tokens does not cut at all, as in the reference
 * @param stride the number of tokens that neighbouring overflowing parts share; 0 or more
 * @param strategy the text of a pair that is cut
 * @param direction the end at which tokens are removed
 */
public record Truncation(int maxLength, int stride, Strategy strategy, Direction direction) {
  /** The text of a pair that is cut. */
  public enum Strategy {
    /** The longer one, then both. */
    LONGEST_FIRST,
    /** The first one. */
    ONLY_FIRST,
    /** The second one. */
    ONLY_SECOND
  }

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if the length or the stride is negative
   */
  public Truncation {
    Objects.requireNonNull(strategy, "strategy");
    Objects.requireNonNull(direction, "direction");
    if (maxLength < 0 || stride < 0) {
      throw new IllegalArgumentException(
          "maxLength and stride must not be negative, found %d and %d"
              .formatted(maxLength, stride));
    }
  }

  /**
   * A truncation that removes tokens at the end of the longest text, without stride.
   *
   * @param maxLength the greatest number of tokens, special tokens included; 0 or more
   * @throws IllegalArgumentException if the length is negative
   */
  public static Truncation to(int maxLength) {
    return new Truncation(maxLength, 0, Strategy.LONGEST_FIRST, Direction.RIGHT);
  }

  static Truncation read(Json json) {
    Direction direction = json.member("direction").map(Direction::read).orElse(Direction.RIGHT);
    int maxLength = Fields.natural(json.get("max_length"));
    Json strategy = json.get("strategy");
    return new Truncation(
        maxLength,
        Fields.natural(json.get("stride")),
        switch (Fields.string(strategy)) {
          case "LongestFirst" -> Strategy.LONGEST_FIRST;
          case "OnlyFirst" -> Strategy.ONLY_FIRST;
          case "OnlySecond" -> Strategy.ONLY_SECOND;
          default -> throw strategy.mismatch("'LongestFirst', 'OnlyFirst' or 'OnlySecond'");
        },
        direction);
  }
}
