package io.github.modernbert.tokenizer.regex;

import io.github.modernbert.tokenizer.regex.Node.Alternate;
import io.github.modernbert.tokenizer.regex.Node.Assertion;
import io.github.modernbert.tokenizer.regex.Node.Atomic;
import io.github.modernbert.tokenizer.regex.Node.Concat;
import io.github.modernbert.tokenizer.regex.Node.Group;
import io.github.modernbert.tokenizer.regex.Node.Literal;
import io.github.modernbert.tokenizer.regex.Node.Look;
import io.github.modernbert.tokenizer.regex.Node.OneOf;
import io.github.modernbert.tokenizer.regex.Node.Repeat;
import io.github.modernbert.tokenizer.unicode.CodePointSet;
import io.github.modernbert.tokenizer.unicode.CodePointTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns a lowered pattern into a {@link Program}. */
final class Compiler {
  /** The nodes that a counted repeat may become when its body is copied. */
  private static final int MAX_UNROLLED = 500;

  private static final CodePointSet ASCII = CodePointSet.range(0, 0x7F);

  private int[] code = new int[64];
  private int size;
  private final Map<CodePointSet, Integer> tables = new LinkedHashMap<>();
  private final List<String> texts = new ArrayList<>();
  private final Map<List<Integer>, Integer> lists = new LinkedHashMap<>();
  private int listsSize;
  private int registers;
  private int instructions;

  /** By place in {@link #code}, see {@link Program#memoizable}. */
  private boolean[] memoizable = new boolean[64];

  /** Whether the instructions now added are memoizable. */
  private boolean isMemoizable = true;

  private boolean isInLookBehind;
  private boolean asksForSearchStart;

  private Compiler() {}

  static Program compile(Node node) {
    var compiler = new Compiler();
    compiler.emit(node, First.END);
    compiler.add(Op.ACCEPT);
    if (compiler.asksForSearchStart) {
      Arrays.fill(compiler.memoizable, false);
    }
    First first = First.of(node);
    return new Program(
        Arrays.copyOf(compiler.code, compiler.size),
        compiler.tables.keySet().stream().map(CodePointTable::new).toArray(CodePointTable[]::new),
        compiler.texts.toArray(String[]::new),
        compiler.branches(),
        compiler.registers,
        Arrays.copyOf(compiler.memoizable, compiler.size),
        compiler.instructions,
        first.canBeEmpty() ? Optional.empty() : Optional.of(new CodePointTable(first.set())));
  }

  /**
   * Adds the instructions of a node.
   *
   * @param next what can follow: it tells when a loop has no reason to give back
   */
  private void emit(Node node, First next) {
    switch (node) {
      case Literal(int[] codePoints, boolean ignoreCase) -> {
        texts.add(new String(codePoints, 0, codePoints.length));
        add(Op.TEXT, texts.size() - 1);
      }
      case OneOf(var set) -> add(Op.ONE_OF, table(set));
      case Assertion(Anchor anchor) -> {
        asksForSearchStart |= anchor == Anchor.SEARCH_START;
        add(Op.ASSERT, anchor.ordinal());
      }
      case Group(Node body, boolean capturing) -> emit(body, next);
      case Concat(var parts) -> concat(parts, next);
      case Alternate(var branches) -> alternate(branches, next);
      case Repeat repeat -> repeat(repeat, next);
      case Atomic(Node body) -> atomic(body);
      case Look look -> look(look);
    }
  }

  private void concat(List<Node> parts, First next) {
    var follow = new First[parts.size() + 1];
    follow[parts.size()] = next;
    for (int i = parts.size() - 1; i >= 0; i--) {
      follow[i] = First.of(parts.get(i)).then(follow[i + 1]);
    }
    for (int i = 0; i < parts.size(); i++) {
      emit(parts.get(i), follow[i + 1]);
    }
  }

  private void alternate(List<Node> branches, First next) {
    int dispatch = add(Op.DISPATCH, new int[Op.AT_END + 1]);
    int[] starts = new int[branches.size()];
    int[] exits = new int[branches.size()];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = size;
      emit(branches.get(i), next);
      exits[i] = add(Op.JUMP, 0) + 1;
    }
    for (int exit : exits) {
      code[exit] = size;
    }
    List<First> firsts = branches.stream().map(First::of).toList();
    for (int c = 0; c <= Op.AT_END; c++) {
      var worthTrying = new ArrayList<Integer>();
      for (int i = 0; i < starts.length; i++) {
        First first = firsts.get(i);
        if (first.canBeEmpty()
            || c < Op.OTHER && first.set().contains(c)
            || c == Op.OTHER && !first.set().intersection(ASCII.complement()).isEmpty()) {
          worthTrying.add(starts[i]);
        }
      }
      code[dispatch + 1 + c] = list(worthTrying);
    }
  }

  private int list(List<Integer> places) {
    Integer known = lists.get(places);
    if (known == null) {
      known = listsSize;
      lists.put(places, known);
      listsSize += places.size() + 1;
    }
    return known;
  }

  private int[] branches() {
    int[] all = new int[listsSize];
    lists.forEach((places, at) -> {
      for (int i = 0; i < places.size(); i++) {
        all[at + i] = places.get(i);
      }
      all[at + places.size()] = -1;
    });
    return all;
  }

  private void repeat(Repeat repeat, First next) {
    Node body = repeat.body();
    if (repeat.max() == 0) {
      return;
    }
    if (simple(body) instanceof OneOf(var set)) {
      boolean givesBack = next.canBeEmpty() || !set.isDisjoint(next.set());
      int op = !repeat.greedy() ? Op.LAZY : givesBack ? Op.GREEDY : Op.POSSESSIVE;
      add(op, table(set), repeat.min(), repeat.max());
      return;
    }
    First again = First.of(body);
    First after = new First(again.set().union(next.set()), next.canBeEmpty());
    if (repeat.max() == Node.UNBOUNDED && repeat.min() <= 1) {
      loop(repeat, body, after, again.canBeEmpty());
    } else if (isWorthUnrolling(repeat)) {
      unrolled(repeat, body, after, again.canBeEmpty());
    } else {
      counted(repeat, body, after, again.canBeEmpty());
    }
  }

  /**
   * Whether a repeat becomes copies of its body, which need no counter: their failures can be
   * remembered.
   */
  private static boolean isWorthUnrolling(Repeat repeat) {
    int times = repeat.max() == Node.UNBOUNDED ? repeat.min() + 1 : repeat.max();
    return times * (long) Nodes.size(repeat.body()) <= MAX_UNROLLED
        || repeat.min() == 0 && repeat.max() == 1;
  }

  private void unrolled(Repeat repeat, Node body, First after, boolean canBeEmpty) {
    for (int i = 0; i < repeat.min(); i++) {
      emit(body, after);
    }
    if (repeat.max() == Node.UNBOUNDED) {
      loop(new Repeat(body, 0, Node.UNBOUNDED, repeat.greedy()), body, after, canBeEmpty);
      return;
    }
    int[] splits = new int[repeat.max() - repeat.min()];
    for (int i = 0; i < splits.length; i++) {
      splits[i] = add(Op.SPLIT, 0, 0);
      emit(body, after);
    }
    for (int split : splits) {
      split(split, repeat.greedy(), split + 3, size);
    }
  }

  /** {@code *} and {@code +}. */
  private void loop(Repeat repeat, Node body, First after, boolean canBeEmpty) {
    int enter = repeat.min() == 0 ? add(Op.SPLIT, 0, 0) : -1;
    boolean outside = isMemoizable;
    isMemoizable &= !canBeEmpty;
    int start = size;
    int leave = -1;
    if (canBeEmpty) {
      int register = registers++;
      add(Op.MARK, register);
      emit(body, after);
      leave = add(Op.LEAVE_IF_EMPTY, register, 0) + 2;
    } else {
      emit(body, after);
    }
    int again = add(Op.SPLIT, 0, 0);
    isMemoizable = outside;
    split(again, repeat.greedy(), start, size);
    if (enter >= 0) {
      split(enter, repeat.greedy(), start, size);
    }
    if (leave >= 0) {
      code[leave] = size;
    }
  }

  private void split(int at, boolean greedy, int body, int exit) {
    code[at + 1] = greedy ? body : exit;
    code[at + 2] = greedy ? exit : body;
  }

  private void counted(Repeat repeat, Node body, First after, boolean canBeEmpty) {
    int counter = registers++;
    add(Op.COUNT, counter);
    boolean outside = isMemoizable;
    isMemoizable = false;
    int head = add(Op.REPEAT, counter, repeat.min(), repeat.max(), repeat.greedy() ? 1 : 0, 0, 0);
    code[head + 5] = size;
    int leave = -1;
    if (canBeEmpty && repeat.max() == Node.UNBOUNDED) {
      int mark = registers++;
      add(Op.MARK, mark);
      emit(body, after);
      leave = add(Op.LEAVE_IF_EMPTY, mark, 0) + 2;
    } else {
      emit(body, after);
    }
    add(Op.JUMP, head);
    isMemoizable = outside;
    code[head + 6] = size;
    if (leave >= 0) {
      code[leave] = size;
    }
  }

  private void atomic(Node body) {
    if (body instanceof Repeat(Node repeated, int min, int max, boolean greedy)
        && greedy
        && simple(repeated) instanceof OneOf(var set)) {
      add(Op.POSSESSIVE, table(set), min, max);
      return;
    }
    int at = add(Op.ATOMIC, 0);
    enclosed(body, Op.ACCEPT);
    code[at + 1] = size;
  }

  /** The set that a literal of one code point is; any other node as it is. */
  private static Node simple(Node node) {
    return node instanceof Literal(int[] codePoints, boolean ignoreCase) && codePoints.length == 1
        ? new OneOf(CodePointSet.of(codePoints[0]))
        : node;
  }

  private void look(Look look) {
    int negative = look.negative() ? 1 : 0;
    if (look.behind()) {
      Lengths lengths = Lengths.of(look.body());
      int at = add(Op.LOOK_BEHIND, negative, lengths.min(), lengths.max(), 0);
      boolean outside = isInLookBehind;
      isInLookBehind = true;
      enclosed(look.body(), Op.ACCEPT_BEHIND);
      isInLookBehind = outside;
      code[at + 4] = size;
    } else {
      int at = add(Op.LOOK_AHEAD, negative, 0);
      enclosed(look.body(), Op.ACCEPT);
      code[at + 2] = size;
    }
  }

  /** Adds a body that runs by itself, so that no register outside matters in it. */
  private void enclosed(Node body, int accept) {
    boolean outside = isMemoizable;
    isMemoizable = !isInLookBehind;
    emit(body, First.END);
    add(accept);
    isMemoizable = outside;
  }

  private int table(CodePointSet set) {
    Integer known = tables.putIfAbsent(set, tables.size());
    return known == null ? tables.size() - 1 : known;
  }

  /** Adds an instruction; returns its place. */
  private int add(int op, int... operands) {
    int at = size;
    if (code.length < size + 1 + operands.length) {
      code = Arrays.copyOf(code, 2 * (size + 1 + operands.length));
      memoizable = Arrays.copyOf(memoizable, code.length);
    }
    memoizable[at] = isMemoizable;
    instructions++;
    code[size++] = op;
    for (int operand : operands) {
      code[size++] = operand;
    }
    return at;
  }
}
