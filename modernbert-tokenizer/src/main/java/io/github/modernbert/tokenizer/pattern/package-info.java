/** Patterns that split and replace: literals, regular expressions, classes of characters. */
@NullMarked
package io.github.modernbert.tokenizer.pattern;

import org.jspecify.annotations.NullMarked;
