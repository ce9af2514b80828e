package io.github.modernbert.weights;

/**
 * One JSON number, taken apart as the reference's parser does it, so that the same ones are out of
 * range: 64 bits of leading digits, and a decimal exponent.
 */
final class HeaderNumber {
  private static final int LARGEST_POWER = 308;

  private long significand;
  private long exponent;
  private boolean full;
  private boolean negative;
  private boolean integer = true;

  /** Whether it is written as an integer from 0 to 2^64 - 1. */
  boolean isUnsigned() {
    return integer && !full && !negative;
  }

  /** The value if {@link #isUnsigned()}. */
  long significand() {
    return significand;
  }

  /**
   * Reads the number that begins at {@code begin}: its length, -1 if there is none or it is out of
   * range.
   */
  int scan(byte[] bytes, int begin) {
    int at = begin;
    negative = bytes[at] == '-';
    at += negative ? 1 : 0;
    int digits = digits(bytes, at, true);
    if (digits == 0 || digits > 1 && bytes[at] == '0') {
      return -1;
    }
    at += digits;
    if (at < bytes.length && bytes[at] == '.') {
      integer = false;
      digits = digits(bytes, ++at, false);
      if (digits == 0) {
        return -1;
      }
      at += digits;
    }
    if (at < bytes.length && (bytes[at] | 0x20) == 'e') {
      integer = false;
      digits = exponent(bytes, ++at);
      if (digits == 0) {
        return -1;
      }
      at += digits;
    }
    return isFinite() ? at - begin : -1;
  }

  private int digits(byte[] bytes, int begin, boolean whole) {
    int at = begin;
    for (; at < bytes.length && isDigit(bytes[at]); at++) {
      int digit = bytes[at] - '0';
      if (!full && fits(digit)) {
        significand = significand * 10 + digit;
        exponent -= whole ? 0 : 1;
      } else {
        full = true;
        exponent += whole ? 1 : 0;
      }
    }
    return at - begin;
  }

  private boolean fits(int digit) {
    long limit = Long.divideUnsigned(-1L, 10);
    int order = Long.compareUnsigned(significand, limit);
    return order < 0 || order == 0 && digit <= Long.remainderUnsigned(-1L, 10);
  }

  private int exponent(byte[] bytes, int begin) {
    int at = begin;
    boolean minus = at < bytes.length && bytes[at] == '-';
    if (minus || at < bytes.length && bytes[at] == '+') {
      at++;
    }
    int first = at;
    long power = 0;
    for (; at < bytes.length && isDigit(bytes[at]); at++) {
      power = Math.min(power * 10 + bytes[at] - '0', Integer.MAX_VALUE);
    }
    exponent += minus ? -power : power;
    return at == first ? 0 : at - begin;
  }

  private boolean isFinite() {
    double value = significand >= 0 ? significand : (significand >>> 1) * 2.0;
    return value == 0
        || exponent <= LARGEST_POWER
            && (exponent <= 0 || !Double.isInfinite(value * Double.parseDouble("1e" + exponent)));
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }
}
