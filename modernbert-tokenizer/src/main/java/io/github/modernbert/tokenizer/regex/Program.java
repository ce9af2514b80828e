package io.github.modernbert.tokenizer.regex;

import io.github.modernbert.tokenizer.unicode.CodePointTable;
import java.util.Optional;

/**
 * A compiled pattern: instructions with their operands in one array, and what those refer to.
 *
 * @param code the instructions, {@link Op}
 * @param tables the sets that instructions refer to
 * @param texts the literals that instructions refer to
 * @param branches lists of places in {@code code}, each ended by −1
 * @param registers how many counters and marked places a match needs
 * @param memoizable by place in {@code code}, whether what follows an instruction there depends on
 *     nothing but the place in the text: not on a register, nor on where a look-behind ends
 * @param instructions how many instructions there are
 * @param first what every match starts with, unless a match can be empty
 */
record Program(
    int[] code,
    CodePointTable[] tables,
    String[] texts,
    int[] branches,
    int registers,
    boolean[] memoizable,
    int instructions,
    Optional<CodePointTable> first) {}
