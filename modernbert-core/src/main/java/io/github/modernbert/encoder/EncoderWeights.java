package io.github.modernbert.encoder;

import io.github.modernbert.kernels.LayerNorm;
import io.github.modernbert.kernels.Rotary;
import io.github.modernbert.kernels.WorkerPool;
import io.github.modernbert.weights.LayerType;
import io.github.modernbert.weights.ModernBertConfig;
import io.github.modernbert.weights.RotaryFrequencies;
import io.github.modernbert.weights.Tensor;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** All weights of the encoder, packed for the kernels (SPEC section 3). */
public final class EncoderWeights {
  private static final String EMBEDDINGS = "embeddings.tok_embeddings.weight";

  private final EmbeddingTable embeddings;
  private final LayerNorm embeddingNorm;
  private final List<LayerWeights> layers;
  private final LayerNorm finalNorm;
  private final Map<LayerType, RotaryTables> rotary = new EnumMap<>(LayerType.class);

  /**
   * Packs the tensors of a checkpoint, bare or with the prefix {@code model.} of task checkpoints.
   *
   * @param narrowTable whether embeddings are kept as bfloat16
   * @throws io.github.modernbert.files.ModelFileException if a tensor is missing or has another
   *     shape or dtype than the configuration asks for
   */
  public EncoderWeights(
      ModernBertConfig config, WeightPacker packer, boolean narrowTable, WorkerPool pool) {
    String prefix = prefix(packer);
    int hidden = config.hiddenSize();
    embeddingNorm = norm(config, packer, prefix + "embeddings.norm");
    finalNorm = norm(config, packer, prefix + "final_norm");
    var table = new EmbeddingTable[1];
    var packed = new LayerWeights[config.numHiddenLayers()];
    // The table first: it takes longer than any layer.
    pool.run(
        1 + packed.length,
        i -> {
          if (i == 0) {
            Tensor tensor = packer.tensor(prefix + EMBEDDINGS, config.vocabSize(), hidden);
            table[0] = EmbeddingTable.of(packer.arena(), tensor, hidden, narrowTable);
          } else {
            packed[i - 1] = layer(config, packer, prefix + "layers." + (i - 1), i - 1);
          }
        });
    embeddings = table[0];
    layers = List.of(packed);
    for (LayerType type : config.rope().keySet()) {
      var frequencies = RotaryFrequencies.of(config.rope(type), config.headDim());
      rotary.put(
          type, new RotaryTables(packer.arena(), frequencies, config.maxPositionEmbeddings()));
    }
  }

  /** The name of the embedding matrix. */
  public static String embeddings(WeightPacker packer) {
    return prefix(packer) + EMBEDDINGS;
  }

  private static String prefix(WeightPacker packer) {
    return packer.has("model." + EMBEDDINGS) ? "model." : "";
  }

  private static LayerWeights layer(
      ModernBertConfig config, WeightPacker packer, String name, int index) {
    int hidden = config.hiddenSize();
    int intermediate = config.intermediateSize();
    boolean attentionBias = config.attentionBias();
    boolean mlpBias = config.mlpBias();
    String wi = name + ".mlp.Wi";
    return new LayerWeights(
        index == 0 ? null : norm(config, packer, name + ".attn_norm"),
        packer.linear(name + ".attn.Wqkv", 3 * hidden, hidden, attentionBias),
        packer.linear(name + ".attn.Wo", hidden, hidden, attentionBias),
        norm(config, packer, name + ".mlp_norm"),
        packer.linear(wi, 2 * intermediate, hidden, mlpBias, 0, intermediate),
        packer.linear(wi, 2 * intermediate, hidden, mlpBias, intermediate, 2 * intermediate),
        packer.linear(name + ".mlp.Wo", hidden, intermediate, mlpBias));
  }

  private static LayerNorm norm(ModernBertConfig config, WeightPacker packer, String name) {
    return packer.norm(name, config.hiddenSize(), config.normBias(), config.normEps());
  }

  EmbeddingTable embeddings() {
    return embeddings;
  }

  LayerNorm embeddingNorm() {
    return embeddingNorm;
  }

  LayerWeights layer(int index) {
    return layers.get(index);
  }

  LayerNorm finalNorm() {
    return finalNorm;
  }

  Rotary rotary(LayerType type, int positions) {
    RotaryTables tables = rotary.get(type);
    if (tables == null) {
      throw new IllegalStateException("no rotary table for " + type.key());
    }
    return tables.upTo(positions);
  }
}
