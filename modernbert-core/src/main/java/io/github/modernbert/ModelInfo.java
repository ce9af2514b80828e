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
 * @param source the folder it was loaded from, or what the bundled model is called
 * @param tasks what can be done with it, what it was made for first
 * @param config the encoder's configuration
 * @param parameters elements of all tensors of the checkpoint
 * @param maxLength tokens of an input, special ones included; what is over is cut
 * @param steps what is done to the hidden states, in words
 * @param prompts the model's prompts by name, in the order of its file
 * @param defaultPrompt the name of the one that is used unless another is chosen
 * @param unusedTensors tensors of the checkpoint that the task does not need, in alphabetical order
 * @param kernels what computes it
 * @param threads how many threads work on one call at most
 * @param precision what the encoder's linear layers are computed in
 * @param weights how weights of what is computed in float32 are kept in memory
 * @param weightBytes native memory that weights take, tables of positions included
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
