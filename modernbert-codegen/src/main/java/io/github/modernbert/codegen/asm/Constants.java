package io.github.modernbert.codegen.asm;

import java.util.LinkedHashMap;
import java.util.Map;

/** Numbers that code reads from memory beside it, each in all lanes of the widest vector. */
public final class Constants {
  private static final int LANES = Width.ZMM.floats();

  private final Map<Integer, Label> labels = new LinkedHashMap<>();

  /** A number in all lanes. */
  public Mem of(float value) {
    return ofBits(Float.floatToRawIntBits(value));
  }

  /** A number in all lanes, by its bits. */
  public Mem ofBits(int bits) {
    return Mem.at(labels.computeIfAbsent(bits, b -> new Label()));
  }

  /** Writes the numbers that have been asked for. */
  public void write(Assembler asm) {
    asm.align(LANES * Float.BYTES);
    labels.forEach((bits, label) -> {
      asm.bind(label);
      asm.data(bits, LANES);
    });
  }
}
