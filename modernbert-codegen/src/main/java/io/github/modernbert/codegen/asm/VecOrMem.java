package io.github.modernbert.codegen.asm;

/** The last source of most vector instructions. */
public sealed interface VecOrMem extends Operand permits Vec, Mem {}
