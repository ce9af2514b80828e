package io.github.modernbert.codegen.asm;

/** The fields of an instruction that its operands go to, in the order of Intel's syntax. */
enum Form {
  /** Register ← register, register or memory. */
  REG_VVVV_RM(3, false),
  /** Register ← register, register or memory, and a constant. */
  REG_VVVV_RM_CONSTANT(3, true),
  /** Register ← register or memory. */
  REG_RM(2, false),
  /** Register or memory ← register. */
  RM_REG(2, false),
  /** Register ← register or memory, and a constant. */
  VVVV_RM_CONSTANT(2, true);

  /** How many operands there are beside the constant. */
  final int operands;

  /** Whether a constant of eight bits follows. */
  final boolean constant;

  Form(int operands, boolean constant) {
    this.operands = operands;
    this.constant = constant;
  }
}
