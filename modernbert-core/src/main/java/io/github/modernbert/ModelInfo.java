package io.github.modernbert;

import io.github.modernbert.weights.ModernBertConfig;
import io.github.modernbert.weights.SimilarityFunction;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a loaded embedding model is.
 *
 * @param source the folder it was loaded from, or what the bundled model is called
 * @param config the encoder's configuration
 * @param parameters elements of all tensors of the encoder's checkpoint
 * @param dimension of the vectors
 * @param maxLength tokens of a text, special ones included; what is over is cut
 * @param steps what is done to the hidden states, in words
 * @param poolingAssumed whether the folder says nothing of pooling (it has no {@code modules.json})
 *     and the mean is taken as the reference does; vectors of a model trained otherwise are then
 *     poor
 * @param prompts the model's prompts by name
 * @param defaultPrompt the name of the one that is used unless another is chosen
 * @param similarity how the model means its vectors to be compared
 * @param unusedTensors tensors of the checkpoint that embedding does not need
 * @param kernels what computes it
 * @param threads how many threads work on one call at most
 */
public record ModelInfo(
    String source,
    ModernBertConfig config,
    long parameters,
    int dimension,
    int maxLength,
    String steps,
    boolean poolingAssumed,
    Map<String, String> prompts,
    Optional<String> defaultPrompt,
    SimilarityFunction similarity,
    Set<String> unusedTensors,
    String kernels,
    int threads) {
  /** Copies the collections. */
  public ModelInfo {
    prompts = Map.copyOf(prompts);
    unusedTensors = Set.copyOf(unusedTensors);
  }
}
