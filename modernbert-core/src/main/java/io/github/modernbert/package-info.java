/**
 * The public face: {@link io.github.modernbert.TextEmbedder} turns texts into vectors, {@link
 * io.github.modernbert.Similarity} compares them, the other {@link io.github.modernbert.TaskModel}s
 * do what else checkpoints are trained for, {@link io.github.modernbert.Models} finds the right one
 * for a folder, {@link io.github.modernbert.ModernBertModel} gives the hidden states of token ids.
 *
 * <p>Models are immutable, safe for use by several threads, and hold native memory until they are
 * closed. The caller's mistakes are {@link IllegalArgumentException}s; files that cannot be used
 * are {@link io.github.modernbert.files.ModelFileException}s.
 */
@NullMarked
package io.github.modernbert;

import org.jspecify.annotations.NullMarked;
