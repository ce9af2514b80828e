package io.github.modernbert;

import io.github.modernbert.config.ModernBertConfig;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The properties of a loaded model.
 *
 * @param source the folder it was loaded from, or {@code modernbert-mini} for the bundled model
 * @param tasks the tasks that it can do, its main task first
 * @param config the encoder's configuration
 * @param parameters the number of elements of all tensors of the checkpoint
 * @param maxLength the greatest number of tokens that are read of an input, special ones included
 * @param steps the steps applied to the hidden states, in words
 * @param prompts the model's prompts by name, in the order of its file
 * @param defaultPrompt the name of the prompt that is used unless another is chosen
 * @param unusedTensors the names of tensors that the task does not need, in alphabetical order
 * @param kernels the name of the kernels that compute it
 * @param threads the greatest number of threads that work on one call
 * @param precision the arithmetic of the encoder's linear layers
 * @param weights the type in which weights of float32 layers are kept in memory
 * @param weightBytes the native memory of weights and position tables, in bytes
 */
public record ModelInfo(
    String source,
    List<Task> tasks,
    ModernBertConfig config,
    long parameters,
    int maxLength,
    String steps,
    Map<String, String> prompts,
    Optional<String> defaultPrompt,
    Set<String> unusedTensors,
    String kernels,
    int threads,
    Precision precision,
    WeightType weights,
    long weightBytes) {
  /** Copies the collections. */
  public ModelInfo {
    tasks = List.copyOf(tasks);
    // Not copyOf, whose order differs from one JVM to the next.
    prompts = Collections.unmodifiableMap(new LinkedHashMap<>(prompts));
    unusedTensors = Collections.unmodifiableSet(new TreeSet<>(unusedTensors));
  }
}
