package io.github.modernbert.files;

import java.io.IOException;

/**
 * A number that a {@link JsonScanner} reads, with the verdicts of the references' parser: 64 bits
 * of leading digits and a decimal exponent tell which numbers are out of range.
 */
public final class JsonNumber {
  private static final int LARGEST_POWER = 308;

  /** Longer ones are not written by anything that writes numbers. */
  private static final int LONGEST = 1000;

  private static final long MOST_TENTHS = Long.divideUnsigned(-1, 10);
  private static final long LAST_DIGIT = Long.remainderUnsigned(-1, 10);

  private final JsonScanner in;
  private final StringBuilder text = new StringBuilder();
  private long significand;
  private long exponent;
  private boolean full;
  private boolean negative;
  private boolean integer;

  JsonNumber(JsonScanner in) {
    this.in = in;
  }

  /** Whether it is written as an integer from 0 to 2^64 - 1. */
  public boolean isUnsigned() {
    return integer && !full && !negative;
  }

  /** The value if {@link #isUnsigned()}, as an unsigned number. */
  public long unsigned() {
    return significand;
  }

  /**
   * The value, rounded to the nearest double.
   *
   * @throws ModelFileException if it is written with more than a thousand characters
   */
  public double value() {
    if (text.length() > LONGEST) {
      throw in.error("a number of more than " + LONGEST + " characters");
    }
    return Double.parseDouble(text.toString());
  }

  /** The number as it is written; of one that is too long for {@link #value} the beginning. */
  @Override
  public String toString() {
    return text.toString();
  }

  /** Reads the number that begins at the next byte. */
  void read() throws IOException {
    text.setLength(0);
    significand = 0;
    exponent = 0;
    full = false;
    integer = true;
    if (!scan()) {
      throw in.error("not a number of JSON, or beyond the range of double");
    }
  }

  private boolean scan() throws IOException {
    negative = accept('-');
    boolean leadingZero = in.look() == '0';
    long digits = digits(true);
    if (digits == 0 || digits > 1 && leadingZero) {
      return false;
    }
    if (accept('.')) {
      integer = false;
      if (digits(false) == 0) {
        return false;
      }
    }
    if (accept('e') || accept('E')) {
      integer = false;
      if (!exponent()) {
        return false;
      }
    }
    return isFinite();
  }

  private boolean accept(char character) throws IOException {
    boolean here = in.look() == character;
    if (here) {
      take(character);
    }
    return here;
  }

  private void take(int character) {
    if (text.length() <= LONGEST) {
      text.append((char) character);
    }
    in.advance();
  }

  private long digits(boolean whole) throws IOException {
    long count = 0;
    for (int next = in.look(); isDigit(next); next = in.look(), count++) {
      int digit = next - '0';
      if (!full && fits(digit)) {
        significand = significand * 10 + digit;
        exponent -= whole ? 0 : 1;
      } else {
        full = true;
        exponent += whole ? 1 : 0;
      }
      take(next);
    }
    return count;
  }

  private boolean fits(int digit) {
    int order = Long.compareUnsigned(significand, MOST_TENTHS);
    return order < 0 || order == 0 && digit <= LAST_DIGIT;
  }

  private boolean exponent() throws IOException {
    boolean minus = accept('-');
    if (!minus) {
      accept('+');
    }
    if (!isDigit(in.look())) {
      return false;
    }
    long power = 0;
    for (int next = in.look(); isDigit(next); next = in.look()) {
      power = Math.min(power * 10 + next - '0', Integer.MAX_VALUE);
      take(next);
    }
    exponent += minus ? -power : power;
    return true;
  }

  private boolean isFinite() {
    double value = significand >= 0 ? significand : (significand >>> 1) * 2.0;
    return value == 0
        || exponent <= LARGEST_POWER
            && (exponent <= 0 || !Double.isInfinite(value * Double.parseDouble("1e" + exponent)));
  }

  private static boolean isDigit(int b) {
    return b >= '0' && b <= '9';
  }
}
