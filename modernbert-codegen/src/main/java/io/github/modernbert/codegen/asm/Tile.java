package io.github.modernbert.codegen.asm;

import java.util.Locale;

/** Registers of AMX: up to 16 rows of 64 bytes. */
public enum Tile implements Operand {
  TMM0,
  TMM1,
  TMM2,
  TMM3,
  TMM4,
  TMM5,
  TMM6,
  TMM7;

  int number() {
    return ordinal();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
