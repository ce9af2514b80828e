/**
 * The API of the library: {@link io.github.modernbert.TextEmbedder} turns texts into vectors and
 * {@link io.github.modernbert.Similarity} compares them. The other {@link
 * io.github.modernbert.TaskModel}s do the other tasks that checkpoints are trained for, {@link
 * io.github.modernbert.Models} finds the right class for a folder, and {@link
 * io.github.modernbert.ModernBertModel} gives the hidden states of token ids.
 *
 * <p>Models are immutable, safe for use by several threads, and hold native memory until they are
 * closed. The caller's mistakes are {@link IllegalArgumentException}s; files that cannot be used
 * are {@link io.github.modernbert.files.ModelFileException}s.
 */
@NullMarked
package io.github.modernbert;

import org.jspecify.annotations.NullMarked;
