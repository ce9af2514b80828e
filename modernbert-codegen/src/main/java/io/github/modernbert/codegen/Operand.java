package io.github.modernbert.codegen;

/** What an instruction works on. */
sealed interface Operand permits Gpr, Vec, Mask, Tile, Mem {}
