/**
 * The files of a model's folder besides {@code config.json}, as checked Java values. Internal to
 * the library: exported to its own modules only.
 *
 * <ul>
 *   <li>{@link io.github.modernbert.weights.Checkpoint}: the tensors of a {@code .safetensors} file
 *       or of a sharded folder, memory-mapped.
 *   <li>{@link io.github.modernbert.weights.SafetensorsWriter}: tensors out again.
 *   <li>{@link io.github.modernbert.weights.RotaryFrequencies}: the RoPE tables that follow from a
 *       configuration.
 *   <li>{@link io.github.modernbert.weights.SentenceTransformersFolder}: what a folder of
 *       sentence-transformers adds, from pooling to prompts.
 * </ul>
 *
 * <p>Whatever is wrong with a file is a {@link io.github.modernbert.files.ModelFileException} that
 * names the file and the tensor or key.
 */
package io.github.modernbert.weights;
