/** Generates the functions for AArch64. */
package io.github.modernbert.codegen.arm64;
