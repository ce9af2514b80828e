package io.github.modernbert.codegen.asm;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes machine code into a buffer. The assemblers of both architectures share labels, data,
 * tables, the check of CPU features and the listing. They know the instructions that are used and
 * no others.
 */
public abstract sealed class Assembler permits X86Assembler, Arm64Assembler {
  final CodeBuffer code = new CodeBuffer();
  private final Set<CpuFeature> features;
  private final @Nullable Listing listing;
  private final Map<String, Integer> entries = new HashMap<>();

  Assembler(Set<CpuFeature> features, @Nullable Listing listing) {
    this.features = features;
    this.listing = listing;
  }

  /**
   * Fills in all distances and returns the code.
   *
   * @throws IllegalStateException if a label that is used has not been bound
   */
  public MachineCode finish() {
    return new MachineCode(code.finish(), Map.copyOf(entries));
  }

  /** Whether the code may use the instructions of a feature. */
  public final boolean allows(CpuFeature feature) {
    return features.contains(feature);
  }

  /** Bytes written so far. */
  public final int size() {
    return code.size();
  }

  /** Begins a function at the next instruction. */
  public final void function(Signature signature) {
    bind(new Label(signature.name()));
    entries.put(signature.name(), size());
  }

  /** Binds a label to the place of the next instruction. */
  public final void bind(Label label) {
    label.bind(code.size());
    list("%s:", label);
  }

  /** A label at the place of the next instruction. */
  public final Label label() {
    var here = new Label();
    bind(here);
    return here;
  }

  /** Fills up to a multiple of bytes with instructions that do nothing. */
  public final void align(int bytes) {
    int missing = Math.floorMod(-size(), bytes);
    if (missing > 0) {
      nops(missing);
    }
  }

  /** Writes instructions that do nothing, so many bytes of them. */
  abstract void nops(int bytes);

  /** Writes a word of four bytes that is no instruction, some times. */
  public final void data(int value, int count) {
    list(".fill %d, 4, %d", count, value);
    for (int i = 0; i < count; i++) {
      code.put32(value);
    }
  }

  /** Writes a word of four bytes that is no instruction. */
  public final void data(int value) {
    data(value, 1);
  }

  /**
   * Writes pieces of code one after the other, for a {@link #table}.
   *
   * @param alignment bytes, at a multiple of which each piece begins
   * @param code writes the piece of a number
   * @return where the pieces begin, by their numbers; 0 for those before the first
   */
  public final int[] pieces(int alignment, int first, int last, IntConsumer code) {
    var positions = new int[last + 1];
    for (int number = first; number <= last; number++) {
      align(alignment);
      positions[number] = size();
      code.accept(number);
    }
    return positions;
  }

  /**
   * Writes a table of positions in the code: for each eight bytes, its distance from the beginning
   * of the table.
   */
  public final void table(Label label, int[] positions) {
    bind(label);
    int begin = size();
    for (int position : positions) {
      data(position - begin);
      data(position < begin ? -1 : 0);
    }
  }

  /**
   * Checks and lists the instruction that is about to be written.
   *
   * @param text the mnemonic, to be followed by the operands, or a format of both
   * @throws IllegalStateException if the code may not use a feature
   */
  final void begin(Set<CpuFeature> needed, Object text, Object... operands) {
    if (!features.containsAll(needed)) {
      throw new IllegalStateException(
          "%s needs %s, but the code is for %s"
              .formatted(Listing.text(text, operands), needed, features));
    }
    list(text, operands);
  }

  /** Lists an instruction that every processor has. */
  final void begin(String text, Object... operands) {
    list(text, operands);
  }

  private void list(Object text, Object... operands) {
    if (listing != null) {
      listing.add(code.size(), text, operands);
    }
  }
}
