package io.github.modernbert.codegen.asm;

/** Which field of an instruction each operand goes to, in the order of Intel's syntax. */
enum Form {
  /** Register ← register, register or memory. */
  REG_VVVV_RM,
  /** Register ← register or memory. */
  REG_RM,
  /** Register or memory ← register. */
  RM_REG,
  /** Register ← register or memory, and a constant. */
  VVVV_RM
}
