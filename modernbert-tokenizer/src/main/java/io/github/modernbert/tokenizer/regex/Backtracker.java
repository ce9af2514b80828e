package io.github.modernbert.tokenizer.regex;

import io.github.modernbert.tokenizer.unicode.CodePointTable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Runs a program on a text by backtracking, with a stack of its own. Java's stack grows only with
 * look-arounds and atomic groups inside each other, never with the text.
 *
 * <p>All searches on a text together may take a number of steps in proportion to its length and to
 * the number of instructions; patterns of real tokenizers take far fewer. Once they have taken more
 * than some for each char {@link FailedStates} are remembered, and few patterns reach the limit:
 * those with large counted repeats, or with repeats of what can be empty, where a failure depends
 * on more than the place.
 */
final class Backtracker {
  /** Counts for more than the text has, so that short texts have some steps too. */
  private static final int EXTRA_CHARS = 64;

  /** The steps for each char. Patterns that are linear take about ten. */
  private static final int STEPS_PER_CHAR = 1_000;

  /** The steps for each char and instruction: what visiting every state once takes. */
  private static final int STEPS_PER_STATE = 40;

  /** The steps for each char after which failures are remembered. */
  private static final int UNREMEMBERED_STEPS_PER_CHAR = 64;

  /** The steps of one code point that a greedy loop gives back. */
  private static final int STEPS_OF_GIVING_BACK = 4;

  /** The steps of any other backtracking. */
  private static final int STEPS_OF_BACKTRACKING = 16;

  /** 128 MB. */
  private static final int MAX_STACK = 1 << 25;

  private static final CodePointTable WORD = new CodePointTable(Properties.WORD);
  private static final Anchor[] ANCHORS = Anchor.values();

  // Entries of the stack: a kind and three values.
  private static final int ENTRY = 4;

  /** Go on at instruction a, place b. */
  private static final int BRANCH = 0;

  /** Go on at the instruction that entry a of the branch lists names, place b. */
  private static final int LIST = 1;

  /** Give back one code point before place c, not below b, and go on at instruction a. */
  private static final int GIVE_BACK = 2;

  /** The lazy loop at instruction a takes one more at place b, where it has c. */
  private static final int TAKE_MORE = 3;

  /** Set register a to b and fail again. */
  private static final int RESTORE = 4;

  /** Remember that instruction a failed at place b, and fail again. */
  private static final int FAILED = 5;

  /** Remember that the loop at instruction a, from place b up to c, failed, and fail again. */
  private static final int LOOP_FAILED = 6;

  private final Program program;
  private final int[] code;
  private final String text;
  private final int start;
  private final int end;

  /** Where the text ends for what is matched: inside a look-behind that is where it looks from. */
  private int limit;

  private final int[] registers;
  private int[] stack = new int[16 * ENTRY];
  private int top;
  private int searchStart;
  private final long allowedSteps;
  private final long unrememberedSteps;
  private long steps;

  /** Null until failures are remembered. */
  private @Nullable FailedStates failed;

  Backtracker(Program program, String text, int start, int end) {
    this.program = program;
    this.code = program.code();
    this.text = text;
    this.start = start;
    this.end = end;
    this.limit = end;
    this.registers = new int[program.registers()];
    long chars = (long) end - start + EXTRA_CHARS;
    allowedSteps = chars * (STEPS_PER_CHAR + (long) STEPS_PER_STATE * program.instructions());
    unrememberedSteps = chars * UNREMEMBERED_STEPS_PER_CHAR;
  }

  /** The end of the match at {@code at} in a search that started at {@code from}, or −1. */
  int match(int at, int from) {
    searchStart = from;
    top = 0;
    limit = end;
    return run(0, at, -1);
  }

  /** Remembers failures from now on. */
  void rememberFailures() {
    failedStates();
  }

  /** The steps taken so far. */
  long steps() {
    return steps;
  }

  private int run(int firstPlace, int firstAt, int behindEnd) {
    int base = top;
    int pc = firstPlace;
    int at = firstAt;
    while (true) {
      // a case that succeeds continues; one that fails breaks out of the switch
      switch (code[pc]) {
        case Op.ACCEPT:
          top = base;
          return at;
        case Op.ACCEPT_BEHIND:
          if (at == behindEnd) {
            top = base;
            return at;
          }
          break;
        case Op.TEXT:
          String literal = program.texts()[code[pc + 1]];
          if (at + literal.length() <= limit && text.startsWith(literal, at)) {
            at += literal.length();
            pc += 2;
            continue;
          }
          break;
        case Op.ONE_OF:
          if (at < limit) {
            int c = codePointAt(at);
            if (program.tables()[code[pc + 1]].contains(c)) {
              at += Character.charCount(c);
              pc += 2;
              continue;
            }
          }
          break;
        case Op.GREEDY:
        case Op.POSSESSIVE:
          CodePointTable table = program.tables()[code[pc + 1]];
          int min = code[pc + 2];
          int least = min == 0 ? at : table.span(text, at, limit, min);
          if (least < 0) {
            break;
          }
          int most;
          if (failed == null || !program.memoizable()[pc]) {
            most = table.span(text, least, limit, 0, code[pc + 3] - min);
          } else if (isUnbounded(pc)) {
            most = rememberLoop(pc, least);
          } else {
            most = remember(pc, at) ? table.span(text, least, limit, 0, code[pc + 3] - min) : -1;
          }
          if (most < 0) {
            break;
          }
          spend(most - at);
          if (most > least && code[pc] == Op.GREEDY) {
            push(GIVE_BACK, pc + 4, least, most);
          }
          at = most;
          pc += 4;
          continue;
        case Op.LAZY:
          int taken = program.tables()[code[pc + 1]].span(text, at, limit, code[pc + 2]);
          if (taken < 0) {
            break;
          }
          if (!remember(pc, isUnbounded(pc) ? taken : at)) {
            break;
          }
          at = taken;
          if (code[pc + 2] < code[pc + 3]) {
            push(TAKE_MORE, pc, at, code[pc + 2]);
          }
          pc += 4;
          continue;
        case Op.JUMP:
          pc = code[pc + 1];
          continue;
        case Op.SPLIT:
          spend(1);
          if (!remember(pc, at)) {
            break;
          }
          push(BRANCH, code[pc + 2], at, 0);
          pc = code[pc + 1];
          continue;
        case Op.DISPATCH:
          int list = code[pc + 1 + dispatch(at)];
          int branch = program.branches()[list];
          if (branch < 0) {
            break;
          }
          if (program.branches()[list + 1] >= 0) {
            if (!remember(pc, at)) {
              break;
            }
            push(LIST, list + 1, at, 0);
          }
          pc = branch;
          continue;
        case Op.ASSERT:
          if (holds(ANCHORS[code[pc + 1]], at)) {
            pc += 2;
            continue;
          }
          break;
        case Op.LOOK_AHEAD:
          spend(1);
          if (run(pc + 3, at, -1) >= 0 == (code[pc + 1] == 0)) {
            pc = code[pc + 2];
            continue;
          }
          break;
        case Op.LOOK_BEHIND:
          if (looksBehind(pc, at) == (code[pc + 1] == 0)) {
            pc = code[pc + 4];
            continue;
          }
          break;
        case Op.ATOMIC:
          spend(1);
          int reached = run(pc + 2, at, -1);
          if (reached >= 0) {
            at = reached;
            pc = code[pc + 1];
            continue;
          }
          break;
        case Op.COUNT:
          set(code[pc + 1], 0);
          pc += 2;
          continue;
        case Op.REPEAT:
          spend(1);
          pc = repeat(pc, at);
          continue;
        case Op.MARK:
          set(code[pc + 1], at);
          pc += 2;
          continue;
        case Op.LEAVE_IF_EMPTY:
          pc = registers[code[pc + 1]] == at ? code[pc + 2] : pc + 3;
          continue;
        default:
          throw new IllegalStateException("no instruction " + code[pc]);
      }
      if (!backtrack(base)) {
        return -1;
      }
      pc = nextPlace;
      at = nextAt;
    }
  }

  private boolean isUnbounded(int pc) {
    return code[pc + 3] == Node.UNBOUNDED;
  }

  /**
   * Sees to it that a failure of an instruction at a place is remembered; false if it is known to
   * fail.
   */
  private boolean remember(int pc, int at) {
    if (failed != null && program.memoizable()[pc]) {
      if (failed.contains(pc, at)) {
        return false;
      }
      push(FAILED, pc, at, 0);
    }
    return true;
  }

  /**
   * Sees to it that a failure of a loop without upper bound is remembered that has to go to {@code
   * least}; returns the farthest place from which it is not known to fail, or −1 if there is none.
   */
  private int rememberLoop(int pc, int least) {
    CodePointTable table = program.tables()[code[pc + 1]];
    FailedStates states = failedStates();
    if (states.containsLoop(pc, least)) {
      return -1;
    }
    int next = table.span(text, least, limit, 1);
    if (next >= 0 && states.containsLoop(pc, next)) {
      int end = states.loopEnd(pc);
      if (code[pc] == Op.POSSESSIVE) {
        states.addLoop(pc, least, end);
        return -1;
      }
      push(LOOP_FAILED, pc, least, end);
      return least;
    }
    int most = table.span(text, least, limit, 0, Node.UNBOUNDED);
    push(LOOP_FAILED, pc, least, most);
    return most;
  }

  // Where the alternative that backtrack found goes on.
  private int nextPlace;
  private int nextAt;

  /** Takes the next alternative from the stack; false when there is none above {@code base}. */
  private boolean backtrack(int base) {
    while (top > base) {
      top -= ENTRY;
      spend(stack[top] == GIVE_BACK ? STEPS_OF_GIVING_BACK : STEPS_OF_BACKTRACKING);
      int a = stack[top + 1];
      int b = stack[top + 2];
      int c = stack[top + 3];
      switch (stack[top]) {
        case BRANCH -> {
          nextPlace = a;
          nextAt = b;
          return true;
        }
        case LIST -> {
          nextPlace = program.branches()[a];
          nextAt = b;
          if (program.branches()[a + 1] >= 0) {
            push(LIST, a + 1, b, 0);
          }
          return true;
        }
        case GIVE_BACK -> {
          nextPlace = a;
          nextAt = stepBack(c);
          if (nextAt > b) {
            push(GIVE_BACK, a, b, nextAt);
          }
          return true;
        }
        case TAKE_MORE -> {
          int more = program.tables()[code[a + 1]].span(text, b, limit, 1);
          if (more >= 0 && (!isUnbounded(a) || remember(a, more))) {
            if (c + 1 < code[a + 3]) {
              push(TAKE_MORE, a, more, c + 1);
            }
            nextPlace = a + 4;
            nextAt = more;
            return true;
          }
        }
        case FAILED -> failedStates().add(a, b);
        case LOOP_FAILED -> failedStates().addLoop(a, b, c);
        default -> registers[a] = b;
      }
    }
    return false;
  }

  /** The instruction where a counted repeat goes on. */
  private int repeat(int pc, int at) {
    int register = code[pc + 1];
    int done = registers[register];
    boolean greedy = code[pc + 4] != 0;
    int body = code[pc + 5];
    int next = code[pc + 6];
    if (done >= code[pc + 3]) {
      return next;
    }
    if (done >= code[pc + 2]) {
      if (!greedy) {
        // the register is raised before the other way is stored, and set back for this one
        push(RESTORE, register, done, 0);
        registers[register] = done + 1;
        push(BRANCH, body, at, 0);
        push(RESTORE, register, done + 1, 0);
        registers[register] = done;
        return next;
      }
      push(BRANCH, next, at, 0);
    }
    set(register, done + 1);
    return body;
  }

  private void set(int register, int value) {
    push(RESTORE, register, registers[register], 0);
    registers[register] = value;
  }

  private boolean looksBehind(int pc, int at) {
    int from = at;
    int max = code[pc + 3];
    int outside = limit;
    boolean found = false;
    limit = at;
    for (int back = 0; back <= max && !found; back++) {
      if (back > 0) {
        if (from == start) {
          break;
        }
        from = stepBack(from);
      }
      spend(1);
      found = back >= code[pc + 2] && run(pc + 5, from, at) >= 0;
    }
    limit = outside;
    return found;
  }

  private boolean holds(Anchor anchor, int at) {
    return switch (anchor) {
      case LINE_START -> at == start || at < end && text.charAt(at - 1) == '\n';
      case LINE_END -> at == end || text.charAt(at) == '\n';
      case TEXT_START -> at == start;
      case TEXT_END -> at == end;
      case LAST_LINE_END -> at == end || at == end - 1 && text.charAt(at) == '\n';
      case SEARCH_START -> at == searchStart;
      case WORD_BOUNDARY -> isWordBehind(at) != isWordAhead(at);
      case NO_WORD_BOUNDARY -> isWordBehind(at) == isWordAhead(at);
    };
  }

  private boolean isWordAhead(int at) {
    return at < end && WORD.contains(codePointAt(at));
  }

  private boolean isWordBehind(int at) {
    return at > start && WORD.contains(codePointAt(stepBack(at)));
  }

  private int dispatch(int at) {
    if (at == end) {
      return Op.AT_END;
    }
    return Math.min(text.charAt(at), Op.OTHER);
  }

  private int codePointAt(int at) {
    char c = text.charAt(at);
    if (Character.isHighSurrogate(c) && at + 1 < end) {
      char low = text.charAt(at + 1);
      if (Character.isLowSurrogate(low)) {
        return Character.toCodePoint(c, low);
      }
    }
    return c;
  }

  private int stepBack(int at) {
    boolean pair =
        at - 2 >= start
            && Character.isLowSurrogate(text.charAt(at - 1))
            && Character.isHighSurrogate(text.charAt(at - 2));
    return pair ? at - 2 : at - 1;
  }

  private void spend(int more) {
    steps += more;
    if (steps > unrememberedSteps) {
      failedStates();
      if (steps > allowedSteps) {
        throw new MatchLimitException("too many steps", end - start);
      }
    }
  }

  private FailedStates failedStates() {
    FailedStates states = failed;
    if (states == null) {
      states = new FailedStates(code.length);
      failed = states;
    }
    return states;
  }

  private void push(int kind, int a, int b, int c) {
    if (top == stack.length) {
      if (top >= MAX_STACK) {
        throw new MatchLimitException("too many alternatives to come back to", end - start);
      }
      stack = Arrays.copyOf(stack, 2 * top);
    }
    stack[top] = kind;
    stack[top + 1] = a;
    stack[top + 2] = b;
    stack[top + 3] = c;
    top += ENTRY;
  }
}
