package io.github.modernbert.codegen.asm;

/** The source of most instructions on general registers. */
public sealed interface GprOrMem extends Operand permits Gpr, Mem {}
