/**
 * The checked values of a model's {@code config.json}: {@link
 * io.github.modernbert.config.ModernBertConfig} and the types of its values. A value that the model
 * cannot have is a {@link io.github.modernbert.files.ModelFileException} that names the file and
 * the key.
 */
@NullMarked
package io.github.modernbert.config;

import org.jspecify.annotations.NullMarked;
