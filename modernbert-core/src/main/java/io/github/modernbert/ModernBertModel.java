package io.github.modernbert;

import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.kernels.KernelSelection;
import io.github.modernbert.tasks.BatchRunner;
import io.github.modernbert.tasks.Vectors;
import io.github.modernbert.weights.ModernBertConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The bare encoder: token ids in, last hidden states out, as {@code ModernBertModel} of the
 * reference. Immutable and safe for use by several threads; holds native memory until it is closed.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="hidden-states"}
 */
public final class ModernBertModel implements AutoCloseable {
  private final Backbone backbone;
  private final BatchRunner runner;

  private ModernBertModel(Backbone backbone, int tokenBudget) {
    this.backbone = backbone;
    this.runner = new BatchRunner(backbone, tokenBudget);
  }

  /** Like {@link #load(Path, LoadOptions)} with the default options. */
  public static ModernBertModel load(Path folder) {
    return load(folder, LoadOptions.defaults());
  }

  /**
   * Loads {@code config.json} and the weights of a folder; a tokenizer is not needed.
   *
   * @throws io.github.modernbert.files.ModelFileException if they cannot be used
   * @throws IllegalArgumentException if there are no kernels of the demanded name
   * @throws UnsupportedOperationException if the demanded kernels cannot run here
   */
  public static ModernBertModel load(Path folder, LoadOptions options) {
    var config = ModernBertConfig.read(folder);
    var kernels = KernelSelection.select(options.kernels());
    return new ModernBertModel(
        new Backbone(folder, config, kernels, options.threads()), options.tokenBudget());
  }

  /** What the model is. */
  public ModernBertConfig config() {
    return backbone.config();
  }

  /** Which kernels compute it, such as {@code vector (512 bit)}. */
  public String kernels() {
    return backbone.kernels().name();
  }

  /**
   * The last hidden states of one sequence.
   *
   * @param ids token ids, special ones included; not empty
   * @return tokens × hidden size
   * @throws IllegalArgumentException if there are none, too many, or one is not in the vocabulary
   * @throws IllegalStateException if the model is closed
   */
  public float[][] lastHiddenState(int[] ids) {
    return lastHiddenStates(List.of(ids)).getFirst();
  }

  /**
   * The last hidden states of several sequences, in their order; the same bits as one by one.
   *
   * @throws IllegalArgumentException as {@link #lastHiddenState}
   */
  public List<float[][]> lastHiddenStates(List<int[]> sequences) {
    var copies = new ArrayList<int[]>();
    for (int i = 0; i < sequences.size(); i++) {
      copies.add(Arguments.element(sequences.get(i), "sequences", i).clone());
    }
    return runner.run(copies, (index, hidden) -> Vectors.rows(hidden), (count, tokens) -> {});
  }

  /** Frees the native memory as soon as calls that are under way have ended. */
  @Override
  public void close() {
    backbone.close();
  }
}
