/** Text with its alignment to the caller's text, and the byte alphabet. */
@NullMarked
package io.github.modernbert.tokenizer.text;

import org.jspecify.annotations.NullMarked;
