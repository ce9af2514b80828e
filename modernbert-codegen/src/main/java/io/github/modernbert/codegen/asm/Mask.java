package io.github.modernbert.codegen.asm;

import java.util.Locale;

/** Registers of AVX-512 that hold a bit for each lane. As a mask of writing, K0 means none. */
public enum Mask implements Operand {
  K0,
  K1,
  K2,
  K3,
  K4,
  K5,
  K6,
  K7;

  int number() {
    return ordinal();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
