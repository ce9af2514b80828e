package io.github.modernbert.codegen.asm;

/** An operand of an instruction of x86-64; as a string, its text in Intel's syntax. */
public sealed interface Operand permits Destination, VecOrMem, GprOrMem, Gpr32, Mask, Tile {}
