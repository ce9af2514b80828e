package io.github.modernbert.codegen.asm;

import java.util.Map;

/**
 * Finished code.
 *
 * @param entries names of functions, and how many bytes after the start of the code each begins
 */
public record MachineCode(byte[] bytes, Map<String, Integer> entries) {}
