package io.github.modernbert.weights;

/**
 * A JSON number, parsed as the reference does, so that the same numbers are out of range: 64 bits
 * of leading digits, and a decimal exponent.
 */
final class HeaderNumber {
  private static final int LARGEST_POWER = 308;

  private final HeaderInput input;
  private long significand;
  private long exponent;
  private boolean full;
  private boolean negative;
  private boolean integer = true;

  private HeaderNumber(HeaderInput input) {
    this.input = input;
  }

  /**
   * Reads the number that begins at the next byte.
   *
   * @throws io.github.modernbert.files.ModelFileException if there is none, or it is out of range
   */
  static HeaderNumber read(HeaderInput input) {
    var number = new HeaderNumber(input);
    if (!number.scan()) {
      throw input.error("not a number of JSON, or beyond the range of double");
    }
    return number;
  }

  /** Whether it is written as an integer from 0 to 2^64 - 1. */
  boolean isUnsigned() {
    return integer && !full && !negative;
  }

  /** The value if {@link #isUnsigned()}. */
  long significand() {
    return significand;
  }

  private boolean scan() {
    negative = accept('-');
    boolean leadingZero = input.peek() == '0';
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

  private boolean accept(char character) {
    boolean here = input.peek() == character;
    if (here) {
      input.next();
    }
    return here;
  }

  private long digits(boolean whole) {
    long count = 0;
    for (; isDigit(input.peek()); input.next(), count++) {
      int digit = input.peek() - '0';
      if (!full && fits(digit)) {
        significand = significand * 10 + digit;
        exponent -= whole ? 0 : 1;
      } else {
        full = true;
        exponent += whole ? 1 : 0;
      }
    }
    return count;
  }

  private boolean fits(int digit) {
    long limit = Long.divideUnsigned(-1L, 10);
    int order = Long.compareUnsigned(significand, limit);
    return order < 0 || order == 0 && digit <= Long.remainderUnsigned(-1L, 10);
  }

  private boolean exponent() {
    boolean minus = accept('-');
    if (!minus) {
      accept('+');
    }
    if (!isDigit(input.peek())) {
      return false;
    }
    long power = 0;
    for (; isDigit(input.peek()); input.next()) {
      power = Math.min(power * 10 + input.peek() - '0', Integer.MAX_VALUE);
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
