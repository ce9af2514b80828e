package io.github.modernbert.codegen.asm;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/** Assembles the cases of one assembler, and makes of their listings a source for the GNU one. */
final class GnuSource {
  private static final Set<CpuFeature> ALL = EnumSet.allOf(CpuFeature.class);

  private final StringBuilder text;
  private final BiConsumer<String, byte[]> target;
  private int cases;

  /**
   * @param target takes the lines and the bytes of each case
   */
  private GnuSource(String directives, BiConsumer<String, byte[]> target) {
    text = new StringBuilder(directives);
    this.target = target;
  }

  /** The source of all cases of x86-64, which the target gets one by one with their bytes. */
  static String x86(BiConsumer<String, byte[]> target) {
    var source = new GnuSource(".intel_syntax noprefix\n.text\n", target);
    EncodingCases.forEach((prefix, code) -> {
      var listing = new Listing();
      var asm = new X86Assembler(ALL, listing);
      code.accept(asm);
      byte[] bytes = asm.finish().bytes();
      // Jumps have long distances; the GNU assembler would choose short ones.
      source.add(
          listing.source().stream()
              .map(line -> (line.startsWith("j") ? "{disp32} " : prefix) + line)
              .toList(),
          bytes);
    });
    return source.text.toString();
  }

  /** The source of all cases of AArch64, like {@link #x86}. */
  static String arm64(BiConsumer<String, byte[]> target) {
    var source = new GnuSource(".arch armv8.2-a+dotprod+i8mm\n.text\n", target);
    Arm64EncodingCases.forEach(code -> {
      var listing = new Listing();
      var asm = new Arm64Assembler(ALL, listing);
      code.accept(asm);
      byte[] bytes = asm.finish().bytes();
      source.add(listing.source(), bytes);
    });
    return source.text.toString();
  }

  /** Adds the lines of a case, whose labels get names of their own. */
  private void add(List<String> lines, byte[] bytes) {
    for (String line : lines) {
      text.append(line.replaceAll("\\.L(?=[0-9a-f])", ".L" + cases + "_")).append('\n');
    }
    cases++;
    target.accept(lines.toString(), bytes);
  }

  /** Prints the source of all cases of {@code x86} or {@code arm64}. */
  public static void main(String[] args) {
    System.out.print(args[0].equals("x86") ? x86((text, code) -> {}) : arm64((text, code) -> {}));
  }
}
