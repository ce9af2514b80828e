/**
 * Assemblers for x86-64 and AArch64: instructions by their mnemonics, labels, constants and tables.
 */
package io.github.modernbert.codegen.asm;
