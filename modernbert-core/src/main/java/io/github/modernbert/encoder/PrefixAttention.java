package io.github.modernbert.encoder;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.KeyValues;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.Rotary;
import io.github.modernbert.kernels.Scratch;
import java.lang.foreign.Arena;

/**
 * The forward pass over one sequence of which only a prefix is attended to: tokens after it attend
 * to the prefix, but nobody attends to them, not even they themselves. That is what the reference
 * computes for tokens whose {@code attention_mask} is 0 and whose states are read all the same, as
 * ColBERT does with the mask tokens that expand a query.
 *
 * <p>The operations are those of {@link Encoder}, on one thread: with everything attended to, the
 * bits are the same.
 */
final class PrefixAttention {
  private final ModernBertConfig config;
  private final EncoderWeights weights;
  private final Kernels kernels;
  private final Activation activation;
  private final float queryScale;

  PrefixAttention(ModernBertConfig config, EncoderWeights weights, Kernels kernels) {
    this.config = config;
    this.weights = weights;
    this.kernels = kernels;
    this.activation = Activations.of(config.hiddenActivation());
    this.queryScale = (float) (1 / Math.sqrt(config.headDim()));
  }

  /**
   * Whether each token of a sequence sees at least one token in every layer. A token that sees none
   * has no defined states: implementations of the reference differ.
   */
  static boolean isDefined(ModernBertConfig config, int tokens, int attended) {
    boolean allGlobal = true;
    for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
      allGlobal &= config.isGlobal(layer);
    }
    return attended > 0 && (allGlobal || tokens - attended <= config.windowReach());
  }

  /**
   * The last hidden states.
   *
   * @param attended how many tokens at the start are attended to; from 1
   */
  Matrix encode(int[] ids, int attended, Arena arena) {
    int rows = ids.length;
    int hidden = config.hiddenSize();
    Matrix x = Matrix.allocate(arena, rows, hidden);
    for (int r = 0; r < rows; r++) {
      weights.embeddings().copyRow(ids[r], x, r);
    }
    kernels.layerNorm(x, weights.embeddingNorm(), x);
    var states = new States(arena, rows, attended);
    for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
      states.attention(layer, x);
      states.mlp(layer, x);
    }
    kernels.layerNorm(x, weights.finalNorm(), x);
    return x;
  }

  /** What one sequence needs on its way through the layers. */
  private final class States {
    private final int rows;
    private final int attended;
    private final Matrix normed;
    private final Matrix qkv;
    private final Matrix queries;
    private final Matrix mixed;
    private final Matrix gated;
    private final KeyValues seen;
    private final KeyValues unseen;
    private final Scratch scratch;

    States(Arena arena, int rows, int attended) {
      this.rows = rows;
      this.attended = attended;
      int hidden = config.hiddenSize();
      normed = Matrix.allocateBlocks(arena, rows, hidden);
      qkv = Matrix.allocateBlocks(arena, rows, 3 * hidden);
      queries = Matrix.allocateBlocks(arena, rows, hidden);
      mixed = Matrix.allocateBlocks(arena, rows, hidden);
      gated = Matrix.allocateBlocks(arena, rows, config.intermediateSize());
      seen = keyValues(arena, attended);
      unseen = keyValues(arena, rows);
      scratch = new Scratch();
    }

    private KeyValues keyValues(Arena arena, int tokens) {
      int[] bounds = {0, tokens};
      var keyValues =
          new KeyValues(
              arena, KeyValues.paddedTokens(bounds), config.numAttentionHeads(), config.headDim());
      keyValues.reset(bounds);
      return keyValues;
    }

    void attention(int layer, Matrix x) {
      LayerWeights w = weights.layer(layer);
      Matrix input = x;
      if (w.attnNorm() != null) {
        kernels.layerNorm(x, w.attnNorm(), normed);
        input = normed;
      }
      kernels.multiply(input, w.wqkv(), qkv, scratch);
      Rotary rotary = weights.rotary(config.layerTypes().get(layer), rows);
      split(0, attended, rotary, seen);
      split(attended, rows, rotary, unseen);
      int reach = config.isGlobal(layer) ? Integer.MAX_VALUE : config.windowReach();
      kernels.attend(queries, 0, reach, seen, 0, mixed, scratch);
      kernels.multiplyAdd(mixed, w.attnOut(), x, scratch);
    }

    private void split(int from, int to, Rotary rotary, KeyValues target) {
      if (from < to) {
        kernels.splitHeads(
            qkv.slice(from, to), from, rotary, queryScale, queries.slice(from, to), target, 0);
      }
    }

    void mlp(int layer, Matrix x) {
      LayerWeights w = weights.layer(layer);
      kernels.layerNorm(x, w.mlpNorm(), normed);
      kernels.multiplyGate(normed, w.wiInput(), w.wiGate(), activation, gated, scratch);
      kernels.multiplyAdd(gated, w.mlpOut(), x, scratch);
    }
  }
}
