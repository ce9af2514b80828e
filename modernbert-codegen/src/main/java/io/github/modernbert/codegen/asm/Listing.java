package io.github.modernbert.codegen.asm;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The instructions of one assembler as text, recorded while they are emitted: x86-64 in Intel's
 * syntax, AArch64 in Arm's, both as the GNU assembler reads them.
 */
public final class Listing {
  /** More bytes of one line are not shown. */
  private static final int BYTES_SHOWN = 15;

  /** A line whose operands become text when the positions of all labels are known. */
  private record Line(int address, Object text, Object[] operands) {
    @Override
    public String toString() {
      return Listing.text(text, operands);
    }
  }

  private final List<Line> lines = new ArrayList<>();

  void add(int address, Object text, Object... operands) {
    lines.add(new Line(address, text, operands));
  }

  /**
   * The text of an instruction.
   *
   * @param text the mnemonic, to be followed by the operands, or a format of both
   */
  static String text(Object text, Object... operands) {
    String start = text.toString();
    if (start.contains("%")) {
      return start.formatted(operands);
    }
    String all = Stream.of(operands).map(Object::toString).collect(Collectors.joining(", "));
    return all.isEmpty() ? start : start + " " + all;
  }

  /** The source text of each line. */
  public List<String> source() {
    return lines.stream().map(Line::toString).toList();
  }

  /**
   * The listing of finished code: a line for each instruction, with its address from the start of
   * the code, its bytes and its text.
   *
   * @param code the bytes that the same assembler has finished
   */
  public String print(byte[] code) {
    var text = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      int from = lines.get(i).address;
      int to = i + 1 < lines.size() ? lines.get(i + 1).address : code.length;
      String bytes = HexFormat.of().formatHex(code, from, Math.min(to, from + BYTES_SHOWN));
      text.append(
          from == to
              ? lines.get(i) + "\n"
              : String.format(
                  Locale.ROOT, "%6x  %-" + 2 * BYTES_SHOWN + "s  %s\n", from, bytes, lines.get(i)));
    }
    return text.toString();
  }
}
