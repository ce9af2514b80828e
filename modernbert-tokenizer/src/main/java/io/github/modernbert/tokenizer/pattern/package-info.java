/** What splits or replaces: literals, regular expressions, classes of characters. */
@NullMarked
package io.github.modernbert.tokenizer.pattern;

import org.jspecify.annotations.NullMarked;
