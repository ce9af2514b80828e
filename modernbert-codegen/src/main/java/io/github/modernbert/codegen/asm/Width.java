package io.github.modernbert.codegen.asm;

/** Widths of vector registers, in the order in which instructions number them. */
public enum Width {
  /** 128 bits. */
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
}
