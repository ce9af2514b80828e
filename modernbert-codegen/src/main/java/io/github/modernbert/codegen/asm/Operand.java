package io.github.modernbert.codegen.asm;

/** What an instruction works on. */
public sealed interface Operand permits Gpr, Vec, Mask, Tile, Mem {}
