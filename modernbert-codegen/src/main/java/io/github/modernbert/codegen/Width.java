package io.github.modernbert.codegen;

/** Widths of vector registers, in the order in which instructions number them. */
enum Width {
  /** 128 bits. */
  XMM,
  /** 256 bits. */
  YMM,
  /** 512 bits. */
  ZMM;

  int bytes() {
    return 16 << ordinal();
  }

  int floats() {
    return bytes() / Float.BYTES;
  }

  /** A register of this width. */
  Vec register(int number) {
    return new Vec(number, this);
  }
}
