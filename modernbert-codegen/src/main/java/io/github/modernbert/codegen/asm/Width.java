package io.github.modernbert.codegen.asm;

import java.util.Locale;

/** Widths of vector registers, in the order in which x86-64 numbers them. */
public enum Width {
  /** 128 bits; on AArch64 the only width. */
  XMM,
  /** 256 bits. */
  YMM,
  /** 512 bits. */
  ZMM;

  public int bytes() {
    return 16 << ordinal();
  }

  public int floats() {
    return bytes() / Float.BYTES;
  }

  /** A register of this width. */
  public Vec register(int number) {
    return new Vec(number, this);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
