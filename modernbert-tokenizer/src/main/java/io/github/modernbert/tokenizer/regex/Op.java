package io.github.modernbert.tokenizer.regex;

/** The instructions of a {@link Program}, with their operands. */
final class Op {
  /** The match, or the body of a look-around or atomic group, is complete. */
  static final int ACCEPT = 0;

  /** {@code text}: the literal. */
  static final int TEXT = 1;

  /** {@code table}: one code point. */
  static final int ONE_OF = 2;

  /** {@code table, min, max}: as many code points as possible, giving back one by one. */
  static final int GREEDY = 3;

  /** {@code table, min, max}: as many code points as possible, giving back none. */
  static final int POSSESSIVE = 4;

  /** {@code table, min, max}: as few code points as possible, taking more one by one. */
  static final int LAZY = 5;

  /** {@code place}: goes on there. */
  static final int JUMP = 6;

  /** {@code first, second}: goes on at the first place, and if that fails at the second. */
  static final int SPLIT = 7;

  /**
   * {@code list × 130}: the branches worth trying for each ASCII character, for any other, and at
   * the end of the text.
   */
  static final int DISPATCH = 8;

  /** {@code anchor}: the ordinal of an {@link Anchor}. */
  static final int ASSERT = 9;

  /** {@code negative, next}: looks ahead at the instructions behind, then goes on at next. */
  static final int LOOK_AHEAD = 10;

  /** {@code negative, min, max, next}: looks behind over min to max code points. */
  static final int LOOK_BEHIND = 11;

  /** {@code next}: runs the instructions behind as a group of its own. */
  static final int ATOMIC = 12;

  /** Accepts only where the look-behind started. */
  static final int ACCEPT_BEHIND = 13;

  /** {@code register}: sets a counter to 0. */
  static final int COUNT = 14;

  /** {@code register, min, max, greedy, body, next}: repeats the body, which jumps back here. */
  static final int REPEAT = 15;

  /** {@code register}: marks the place. */
  static final int MARK = 16;

  /** {@code register, next}: goes on at next if nothing was matched since the mark. */
  static final int LEAVE_IF_EMPTY = 17;

  /** The places in the operands of {@link #DISPATCH}. */
  static final int OTHER = 128;

  static final int AT_END = 129;

  private Op() {}
}
