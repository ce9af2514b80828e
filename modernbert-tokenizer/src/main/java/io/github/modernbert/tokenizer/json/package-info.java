/** Reading values of {@code tokenizer.json} as strictly as the reference does. */
@NullMarked
package io.github.modernbert.tokenizer.json;

import org.jspecify.annotations.NullMarked;
