package io.github.modernbert.codegen.asm;

import org.jspecify.annotations.Nullable;

/**
 * A place in memory: {@code base + index * scale + displacement}, or a place in the code itself.
 *
 * @param base absent if there is only an index, or a label
 * @param index absent if {@code scale} is 0
 * @param scale 1, 2, 4 or 8
 * @param label the place in the code, to which the displacement is added
 */
public record Mem(
    @Nullable Gpr base, @Nullable Gpr index, int scale, int displacement, @Nullable Label label)
    implements VecOrMem, GprOrMem {
  public Mem {
    if (index == Gpr.RSP) {
      throw new IllegalArgumentException("the stack pointer cannot be an index");
    }
    if (index == null ? scale != 0 : Integer.bitCount(scale) != 1 || scale > 8) {
      throw new IllegalArgumentException("the scale must be 1, 2, 4 or 8, found " + scale);
    }
    if (label != null && (base != null || index != null)) {
      throw new IllegalArgumentException("a place in the code has neither base nor index");
    }
    if (label == null && base == null && scale < 2) {
      throw new IllegalArgumentException("an address needs a base, or an index with a scale");
    }
  }

  public static Mem at(Gpr base, int displacement) {
    return new Mem(base, null, 0, displacement, null);
  }

  public static Mem at(@Nullable Gpr base, Gpr index, int scale, int displacement) {
    return new Mem(base, index, scale, displacement, null);
  }

  public static Mem at(Label label) {
    return new Mem(null, null, 0, 0, label);
  }

  /** The address in Intel's syntax. */
  @Override
  public String toString() {
    String start = base != null ? base.toString() : label != null ? "rip+" + label : "";
    String scaled = index == null ? "" : (base == null ? "" : "+") + index + "*" + scale;
    String distance = displacement == 0 ? "" : (displacement < 0 ? "" : "+") + displacement;
    return "[" + start + scaled + distance + "]";
  }
}
