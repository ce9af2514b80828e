package io.github.modernbert.weights.pytorch;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.weights.pytorch.PickleValue.Bool;
import io.github.modernbert.weights.pytorch.PickleValue.Dict;
import io.github.modernbert.weights.pytorch.PickleValue.Int;
import io.github.modernbert.weights.pytorch.PickleValue.None;
import io.github.modernbert.weights.pytorch.PickleValue.Real;
import io.github.modernbert.weights.pytorch.PickleValue.Sequence;
import io.github.modernbert.weights.pytorch.PickleValue.Text;
import io.github.modernbert.weights.pytorch.PickleValue.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The stack machine of Python's pickles (protocols 2 to 5), as far as {@code torch.save} uses it
 * for dictionaries of tensors. Whatever names a function, and every call of one, goes to {@link
 * TorchFunctions}.
 *
 * <p>Values are never compared, hashed or walked through, so that cycles and values that are shared
 * many times cost nothing, and nesting needs no recursion. A file makes at most as many values as
 * it has instructions, whose number is limited.
 */
final class Unpickler {
  /** A model of 250 tensors takes 10,000. */
  private static final int MAX_INSTRUCTIONS = 1 << 20;

  private static final int HIGHEST_PROTOCOL = 5;
  private static final int LONG_BYTES = 8;

  private final FileBytes bytes;
  private final List<PickleValue> stack = new ArrayList<>();
  private final Deque<Integer> marks = new ArrayDeque<>();
  private final Map<Long, PickleValue> memo = new HashMap<>();
  private long at;

  /**
   * @param at where the pickle begins
   */
  Unpickler(FileBytes bytes, long at) {
    this.bytes = bytes;
    this.at = at;
  }

  /** The position behind the pickle that {@link #read} has read. */
  long position() {
    return at;
  }

  /**
   * Runs the instructions up to the end of the pickle.
   *
   * @return its value
   * @throws ModelFileException if it is damaged, or uses more than tensors need
   */
  PickleValue read() {
    for (int count = 0; count < MAX_INSTRUCTIONS; count++) {
      int instruction = uint8();
      if (instruction == '.') {
        return pop();
      }
      run(instruction);
    }
    throw error("more than " + MAX_INSTRUCTIONS + " instructions, no model needs so many");
  }

  private void run(int instruction) {
    switch (instruction) {
      case 0x80 -> protocol();
      case 0x95 -> at += LONG_BYTES; // a frame: only a hint for reading ahead
      case '(' -> marks.push(stack.size());
      case '0' -> pop();
      case 'N' -> stack.add(new None());
      case 0x88 -> stack.add(new Bool(true));
      case 0x89 -> stack.add(new Bool(false));
      case 'J' -> stack.add(new Int(bytes.int32(skip(4))));
      case 'K' -> stack.add(new Int(uint8()));
      case 'M' -> stack.add(new Int(bytes.uint16(skip(2))));
      case 0x8a -> stack.add(integer(uint8()));
      case 0x8b -> stack.add(integer(bytes.uint32(skip(4))));
      case 'G' -> {
        bytes.int64(skip(LONG_BYTES));
        stack.add(new Real());
      }
      case 'X' -> stack.add(text(bytes.uint32(skip(4))));
      case 0x8c -> stack.add(text(uint8()));
      case 0x8d -> stack.add(text(bytes.int64(skip(LONG_BYTES))));
      case '}' -> stack.add(new Dict());
      case ']' -> stack.add(new Sequence());
      case ')' -> stack.add(new Tuple(List.of()));
      case 't' -> stack.add(new Tuple(popMarked()));
      case 0x85 -> stack.add(new Tuple(popMany(1)));
      case 0x86 -> stack.add(new Tuple(popMany(2)));
      case 0x87 -> stack.add(new Tuple(popMany(3)));
      case 'a' -> append(popMany(1));
      case 'e' -> append(popMarked());
      case 's' -> put(popMany(2));
      case 'u' -> put(popMarked());
      case 'c' -> stack.add(TorchFunctions.named(line() + "." + line(), bytes));
      case 0x93 -> {
        List<PickleValue> path = popMany(2);
        stack.add(
            TorchFunctions.named(string(path.getFirst()) + "." + string(path.getLast()), bytes));
      }
      case 'R' -> {
        List<PickleValue> call = popMany(2);
        stack.add(TorchFunctions.call(call.getFirst(), call.getLast(), bytes));
      }
      case 'b' -> build();
      case 'Q' -> stack.add(TorchFunctions.storage(pop(), bytes));
      case 'q' -> memo.put((long) uint8(), top());
      case 'r' -> memo.put(bytes.uint32(skip(4)), top());
      case 0x94 -> memo.put((long) memo.size(), top());
      case 'h' -> stack.add(remembered(uint8()));
      case 'j' -> stack.add(remembered(bytes.uint32(skip(4))));
      default ->
          throw error(
              String.format(
                  Locale.ROOT,
                  "instruction 0x%02x, which dictionaries of tensors do not need: refused",
                  instruction));
    }
  }

  private void protocol() {
    int protocol = uint8();
    if (protocol > HIGHEST_PROTOCOL) {
      throw error("protocol " + protocol + ", expected at most " + HIGHEST_PROTOCOL);
    }
  }

  private int uint8() {
    return bytes.uint8(at++);
  }

  /** Moves on, and returns the position before. */
  private long skip(long count) {
    at += count;
    return at - count;
  }

  /** A two's complement of any number of bytes. */
  private Int integer(long length) {
    if (length > LONG_BYTES) {
      throw error("an integer of " + length + " bytes, expected at most " + LONG_BYTES);
    }
    long value = 0;
    for (int i = 0; i < length; i++) {
      value |= (long) uint8() << (8 * i);
    }
    int unused = 64 - 8 * (int) length;
    return new Int(length == 0 ? 0 : value << unused >> unused);
  }

  private Text text(long length) {
    long begin = at;
    at += Math.max(0, length);
    return new Text(bytes.text(begin, length, StandardCharsets.UTF_8));
  }

  /** The rest of a line. */
  private String line() {
    long begin = at;
    while (bytes.uint8(at) != '\n') {
      at++;
    }
    return bytes.text(begin, at++ - begin, StandardCharsets.UTF_8);
  }

  private PickleValue pop() {
    return popMany(1).getFirst();
  }

  private PickleValue top() {
    requireValues(1);
    return stack.getLast();
  }

  private List<PickleValue> popMany(int count) {
    requireValues(count);
    return cut(stack.size() - count);
  }

  /** Values may be taken as far down as the last mark. */
  private void requireValues(int count) {
    int bottom = marks.isEmpty() ? 0 : marks.element();
    if (stack.size() - count < bottom) {
      throw error("takes a value from an empty stack");
    }
  }

  private List<PickleValue> popMarked() {
    if (marks.isEmpty()) {
      throw error("takes values up to a mark that is not there");
    }
    return cut(marks.pop());
  }

  private List<PickleValue> cut(int from) {
    List<PickleValue> tail = stack.subList(from, stack.size());
    List<PickleValue> values = List.copyOf(tail);
    tail.clear();
    return values;
  }

  private PickleValue remembered(long index) {
    PickleValue value = memo.get(index);
    if (value == null) {
      throw error("recalls value " + index + ", which it has not kept");
    }
    return value;
  }

  private void append(List<PickleValue> values) {
    if (!(top() instanceof Sequence list)) {
      throw error("appends to " + top().kind() + ", expected a list");
    }
    list.items().addAll(values);
  }

  private void put(List<PickleValue> keysAndValues) {
    if (!(top() instanceof Dict dict)) {
      throw error("puts members into " + top().kind() + ", expected a dictionary");
    }
    if (keysAndValues.size() % 2 != 0) {
      throw error("a key without a value");
    }
    for (int i = 0; i < keysAndValues.size(); i += 2) {
      dict.members().put(string(keysAndValues.get(i)), keysAndValues.get(i + 1));
    }
  }

  private String string(PickleValue value) {
    if (!(value instanceof Text text)) {
      throw error("expected a name, found " + value.kind());
    }
    return text.value();
  }

  /** Attributes of a dictionary: the versions of its modules, which nothing here depends on. */
  private void build() {
    pop();
    if (!(top() instanceof Dict)) {
      throw error("sets attributes of " + top().kind() + ": refused");
    }
  }

  private ModelFileException error(String problem) {
    return bytes.error("pickle, byte " + at + ": " + problem);
  }
}
