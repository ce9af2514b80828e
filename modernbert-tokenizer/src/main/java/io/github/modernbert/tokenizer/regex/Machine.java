package io.github.modernbert.tokenizer.regex;

import io.github.modernbert.tokenizer.unicode.CodePointTable;
import java.util.Arrays;

/**
 * Runs a program on a text with a stack of its own for the ways not tried yet. Java's stack grows
 * only with look-arounds and atomic groups inside each other, never with the text.
 */
final class Machine {
  /**
   * The steps that all searches on a text may take together: this, and as many again for each char.
   * Patterns that are linear take about ten a char. (The engine has a limit of another kind, ten
   * million retries at one place, which long runs of spaces reach under the GPT-4 pattern.)
   */
  private static final long STEPS = 1_000_000_000;

  private static final int STEPS_PER_CHAR = 1_000;

  /** What giving back one code point costs in looks at a char. */
  private static final int STEPS_OF_GIVING_BACK = 4;

  /** What any other way that led nowhere costs. */
  private static final int STEPS_OF_RETRY = 16;

  private static final int MAX_STACK = 1 << 28;
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
  private long stepsLeft;

  Machine(Program program, String text, int start, int end) {
    this.program = program;
    this.code = program.code();
    this.text = text;
    this.start = start;
    this.end = end;
    this.limit = end;
    this.registers = new int[program.registers()];
    this.stepsLeft = STEPS + (long) STEPS_PER_CHAR * (end - start);
  }

  /** The end of the match at {@code at} in a search that started at {@code from}, or −1. */
  int match(int at, int from) {
    searchStart = from;
    top = 0;
    limit = end;
    return run(0, at, -1);
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
          int most = table.span(text, least, limit, 0, code[pc + 3] - min);
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
      if (!retry(base)) {
        return -1;
      }
      pc = retryPlace;
      at = retryAt;
    }
  }

  // Where the way that retry found goes on.
  private int retryPlace;
  private int retryAt;

  /** Takes the next way from the stack; false when there is none above {@code base}. */
  private boolean retry(int base) {
    while (top > base) {
      top -= ENTRY;
      spend(stack[top] == GIVE_BACK ? STEPS_OF_GIVING_BACK : STEPS_OF_RETRY);
      int a = stack[top + 1];
      int b = stack[top + 2];
      int c = stack[top + 3];
      switch (stack[top]) {
        case BRANCH -> {
          retryPlace = a;
          retryAt = b;
          return true;
        }
        case LIST -> {
          retryPlace = program.branches()[a];
          retryAt = b;
          if (program.branches()[a + 1] >= 0) {
            push(LIST, a + 1, b, 0);
          }
          return true;
        }
        case GIVE_BACK -> {
          retryPlace = a;
          retryAt = stepBack(c);
          if (retryAt > b) {
            push(GIVE_BACK, a, b, retryAt);
          }
          return true;
        }
        case TAKE_MORE -> {
          int more = program.tables()[code[a + 1]].span(text, b, limit, 1);
          if (more >= 0) {
            if (c + 1 < code[a + 3]) {
              push(TAKE_MORE, a, more, c + 1);
            }
            retryPlace = a + 4;
            retryAt = more;
            return true;
          }
        }
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

  private void spend(int steps) {
    stepsLeft -= steps;
    if (stepsLeft < 0) {
      throw new MatchLimitException("too many steps", end - start);
    }
  }

  private void push(int kind, int a, int b, int c) {
    if (top == stack.length) {
      if (top >= MAX_STACK) {
        throw new MatchLimitException("too many ways to remember", end - start);
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
