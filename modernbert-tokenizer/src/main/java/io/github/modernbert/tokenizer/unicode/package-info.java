/**
 * The Unicode data of the reference, not of the JDK that happens to run: classes of characters,
 * lower case and the four normalization forms, each in the Unicode version that the reference has
 * there.
 */
@NullMarked
package io.github.modernbert.tokenizer.unicode;

import org.jspecify.annotations.NullMarked;
