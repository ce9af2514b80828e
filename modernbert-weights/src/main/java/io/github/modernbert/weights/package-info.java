/**
 * The files of a ModernBERT checkpoint as validated Java values.
 *
 * <ul>
 *   <li>{@link io.github.modernbert.weights.Checkpoint}: the tensors of a {@code .safetensors} file
 *       or of a sharded folder, memory-mapped.
 *   <li>{@link io.github.modernbert.weights.ModernBertConfig}: {@code config.json}.
 *   <li>{@link io.github.modernbert.weights.RotaryFrequencies}: the RoPE tables that follow from
 *       it.
 *   <li>{@link io.github.modernbert.weights.SentenceTransformersFolder}: what a folder of
 *       sentence-transformers adds, from pooling to prompts.
 *   <li>{@link io.github.modernbert.weights.SafetensorsWriter}: float32 tensors out again.
 * </ul>
 *
 * <p>Whatever is wrong with a file is a {@link io.github.modernbert.files.ModelFileException} that
 * names the file and the tensor or key.
 */
package io.github.modernbert.weights;
