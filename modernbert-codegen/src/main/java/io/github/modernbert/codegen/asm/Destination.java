package io.github.modernbert.codegen.asm;

/** A vector register that an instruction writes, all of it or the lanes of a mask. */
public sealed interface Destination extends Operand permits Vec, Masked {}
