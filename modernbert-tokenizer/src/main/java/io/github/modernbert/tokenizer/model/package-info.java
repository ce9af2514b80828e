/** The BPE model. */
@NullMarked
package io.github.modernbert.tokenizer.model;

import org.jspecify.annotations.NullMarked;
