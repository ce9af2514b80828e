package io.github.modernbert.tokenizer.regex;

import io.github.modernbert.tokenizer.unicode.CodePointSet;
import java.util.Optional;

/**
 * Parses classes in brackets. What may stand around a hyphen is the engine's own: {@code [a-]},
 * {@code [-a]} and {@code [0-9-a]} are allowed, {@code [\w-a]} is not.
 */
final class ClassParser {
  /** A class before its negation, which case folding has to look at first. */
  record Result(CodePointSet base, boolean negated) {
    CodePointSet set() {
      return negated ? base.complement() : base;
    }
  }

  private static final int MAX_DEPTH = 500;

  private final PatternReader in;
  private int depth;

  ClassParser(PatternReader in) {
    this.in = in;
  }

  /** Parses the class whose bracket at {@code start} is taken. */
  Result parse(int start) {
    if (++depth > MAX_DEPTH) {
      throw in.error("more than " + MAX_DEPTH + " classes inside each other", start);
    }
    boolean negated = in.take("^");
    var items = new Items();
    if (in.take("]")) {
      if (!closesLater()) {
        throw in.error("empty class", start);
      }
      items.value(']', true);
    }
    while (!in.take("]")) {
      if (in.atEnd()) {
        throw in.error("no ] closes the class", start);
      }
      item(items);
    }
    depth--;
    return new Result(items.finish(), negated);
  }

  private boolean closesLater() {
    int here = in.index();
    boolean found = false;
    while (!found && !in.atEnd()) {
      if (in.take("\\")) {
        if (!in.atEnd()) {
          in.next("a class");
        }
      } else {
        found = in.next("a class") == ']';
      }
    }
    in.reset(here);
    return found;
  }

  private void item(Items items) {
    int start = in.index();
    if (in.take("&&")) {
      items.and();
    } else if (in.take("-")) {
      items.hyphen(start);
    } else if (in.take("[")) {
      Optional<CodePointSet> posix = in.take(":") ? posix(start) : Optional.empty();
      if (posix.isPresent()) {
        items.set(posix.get(), start);
      } else {
        in.reset(start + 1);
        items.nested(parse(start).set());
      }
    } else if (in.take("\\")) {
      Optional<CodePointSet> set = CodePointEscape.set(in, true);
      if (set.isPresent()) {
        items.set(set.get(), start);
      } else {
        items.escaped(CodePointEscape.codePoint(in, true), start);
      }
    } else {
      int c = in.next("a class");
      items.value(c, c < 0x80);
    }
  }

  /** The class {@code [:name:]} behind its {@code [:}, or nothing when none stands here. */
  private Optional<CodePointSet> posix(int start) {
    boolean not = in.take("^");
    int nameStart = in.index();
    while (!in.atEnd() && Posix.ALPHA.contains(in.peek())) {
      in.next("a class");
    }
    String name = in.since(nameStart);
    if (name.isEmpty() || !in.take(":]")) {
      return Optional.empty();
    }
    CodePointSet set =
        Properties.posix(name).orElseThrow(() -> in.error("unknown class [:" + name + ":]", start));
    return Optional.of(not ? set.complement() : set);
  }

  private static final class Posix {
    static final CodePointSet ALPHA = Properties.posix("alpha").orElseThrow();
  }

  /** The items between the brackets, read from left to right. */
  private final class Items {
    private enum State {
      /** At the start, or behind {@code &&}. */
      START,
      /** Behind one code point that may start a range, or behind a set. */
      VALUE,
      /** Behind the hyphen of a range. */
      RANGE,
      /** Behind a range or a nested class. */
      COMPLETE
    }

    private CodePointSet set = CodePointSet.NONE;
    private Optional<CodePointSet> intersection = Optional.empty();
    private State state = State.START;

    /** The last code point, or the complement of a byte from 0x80 on; not added yet. */
    private int last;

    private boolean lastIsSet;
    private boolean lastIsSingleByte;

    void escaped(int codePoint, int at) {
      if (codePoint < 0) {
        value(~codePoint, true);
      } else if (state == State.RANGE) {
        // a code point that cannot be is allowed as an end only
        value(Math.min(codePoint, Character.MAX_CODE_POINT), codePoint < 0x80);
      } else {
        value(CodePointEscape.checked(in, codePoint, at), codePoint < 0x80);
      }
    }

    /**
     * Adds a code point.
     *
     * @param singleByte whether it is one byte; those from 0x80 on match nothing by themselves
     */
    void value(int codePoint, boolean singleByte) {
      if (state == State.RANGE) {
        if (last > codePoint) {
          throw in.error("a range in the class runs backwards", in.index());
        }
        add(last, codePoint, singleByte && lastIsSingleByte);
        state = State.COMPLETE;
        return;
      }
      addLast();
      last = codePoint;
      lastIsSet = false;
      lastIsSingleByte = singleByte;
      state = State.VALUE;
    }

    void set(CodePointSet more, int at) {
      if (state == State.RANGE) {
        throw in.error("a class is no end of a range", at);
      }
      addLast();
      set = set.union(more);
      lastIsSet = true;
      state = State.VALUE;
    }

    void nested(CodePointSet more) {
      addLast();
      set = set.union(more);
      state = State.COMPLETE;
    }

    void and() {
      addLast();
      set = finishIntersection();
      intersection = Optional.of(set);
      set = CodePointSet.NONE;
      state = State.START;
    }

    void hyphen(int at) {
      boolean atEnd = in.isNext("]") || in.isNext("&&");
      if (state != State.VALUE || atEnd) {
        value('-', true);
      } else if (lastIsSet) {
        throw in.error("a class is no start of a range", at);
      } else {
        state = State.RANGE;
      }
    }

    CodePointSet finish() {
      addLast();
      return finishIntersection();
    }

    private CodePointSet finishIntersection() {
      return intersection.map(set::intersection).orElse(set);
    }

    private void addLast() {
      if (state == State.VALUE && !lastIsSet) {
        add(last, last, lastIsSingleByte);
      }
    }

    private void add(int from, int to, boolean singleBytes) {
      int end = Math.min(to, singleBytes ? 0x7F : Character.MAX_CODE_POINT);
      if (from <= end) {
        set = set.union(CodePointSet.range(from, end));
      }
    }
  }
}
