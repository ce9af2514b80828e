package io.github.modernbert.codegen.asm;

import io.github.modernbert.kernels.Reduction;
import java.util.LinkedHashMap;
import java.util.Map;

/** Numbers that code reads, each in all lanes of the widest vector, beside the code. */
public final class Constants {
  private final Map<Integer, Label> labels = new LinkedHashMap<>();

  /** A number in all lanes. */
  public Mem of(float value) {
    return ofBits(Float.floatToRawIntBits(value));
  }

  /** The same, by its bits. */
  public Mem ofBits(int bits) {
    return Mem.at(labels.computeIfAbsent(bits, b -> new Label()));
  }

  /** Writes those that have been asked for. */
  public void write(Assembler asm) {
    asm.align(64);
    labels.forEach((bits, label) -> {
      asm.bind(label);
      for (int lane = 0; lane < Reduction.LANES; lane++) {
        asm.data(bits);
      }
    });
  }
}
