/** Generates the functions for x86-64. */
package io.github.modernbert.codegen.x86;
