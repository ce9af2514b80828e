/** Finds out what the processor can do, seals generated code in memory, and calls it. */
package io.github.modernbert.codegen.runtime;
