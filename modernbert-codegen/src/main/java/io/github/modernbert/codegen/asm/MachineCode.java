package io.github.modernbert.codegen.asm;

import java.util.Map;

/**
 * Finished code.
 *
 * @param entries functions, and how many bytes after the start of the code each begins
 */
public record MachineCode(byte[] bytes, Map<Signature, Integer> entries) {}
