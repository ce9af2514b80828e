/**
 * Regular expressions that match as the reference's engine does, which is Oniguruma with its own
 * syntax and Unicode tables.
 */
@NullMarked
package io.github.modernbert.tokenizer.regex;

import org.jspecify.annotations.NullMarked;
