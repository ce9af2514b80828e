package io.github.modernbert.encoder;

import io.github.modernbert.config.LayerType;
import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.kernels.FloatSource;
import io.github.modernbert.kernels.LayerNorm;
import io.github.modernbert.kernels.Rotary;
import io.github.modernbert.kernels.WeightMemory;
import io.github.modernbert.kernels.WorkerPool;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.RotaryFrequencies;
import io.github.modernbert.weights.Tensor;
import io.github.modernbert.weights.TransformerFiles;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** All weights of the encoder, packed for the kernels. */
public final class EncoderWeights {
  private static final String EMBEDDINGS = "embeddings.tok_embeddings.weight";
  private static final String DECODER = "decoder.weight";
  private static final String FINAL_NORM = "final_norm";
  private static final String LAYERS = "layers.";
  static final String ATTENTION_NORM = ".attn_norm";
  static final String WQKV = ".attn.Wqkv";
  static final String ATTENTION_OUT = ".attn.Wo";
  static final String MLP_NORM = ".mlp_norm";
  static final String WI = ".mlp.Wi";
  static final String MLP_OUT = ".mlp.Wo";

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
  EncoderWeights(
      TransformerFiles files, WeightPacker packer, boolean narrowTable, WorkerPool pool) {
    ModernBertConfig config = files.config();
    String prefix = prefix(packer::has);
    int hidden = config.hiddenSize();
    embeddingNorm = norm(config, packer, prefix + "embeddings.norm");
    finalNorm = norm(config, packer, prefix + FINAL_NORM);
    var table = new EmbeddingTable[1];
    var packed = new LayerWeights[config.numHiddenLayers()];
    // The table first: it takes longer than any layer.
    pool.run(
        1 + packed.length,
        i -> {
          if (i == 0) {
            Tensor tensor = packer.tensor(embeddings(config, packer), config.vocabSize(), hidden);
            WeightMemory memory = packer.store().memory(tensor.name());
            table[0] = EmbeddingTable.of(memory, tensor, hidden, narrowTable, packer.kernels());
          } else {
            String name = prefix + LAYERS + (i - 1);
            packed[i - 1] = layer(config, packer.ofLayer(config, name, i == 1), name, i - 1);
          }
        });
    embeddings = table[0];
    layers = List.of(packed);
    for (LayerType type : config.rope().keySet()) {
      var frequencies = RotaryFrequencies.of(config.rope(type), config.headDim());
      rotary.put(type, new RotaryTables(packer.store().arena(), frequencies, files.maxPositions()));
    }
  }

  /**
   * The name of the embedding matrix: that of the decoder if the two are tied and only the decoder
   * is stored.
   */
  private static String embeddings(ModernBertConfig config, WeightPacker packer) {
    String own = prefix(packer::has) + EMBEDDINGS;
    boolean asDecoder = !packer.has(own) && config.tieWordEmbeddings() && packer.has(DECODER);
    return asDecoder ? DECODER : own;
  }

  /**
   * The name of the masked-LM decoder's matrix: that of the embeddings if the two are tied and no
   * decoder is stored. One that is stored and differs is used all the same, as in the reference.
   */
  public static String decoder(ModernBertConfig config, WeightPacker packer) {
    String embeddings = embeddings(config, packer);
    if (!packer.has(DECODER)) {
      return config.tieWordEmbeddings() ? embeddings : DECODER;
    }
    if (config.tieWordEmbeddings() && !embeddings.equals(DECODER)) {
      int hidden = config.hiddenSize();
      Tensor decoder = packer.tensor(DECODER, config.vocabSize(), hidden);
      if (!decoder.hasValuesOf(packer.tensor(embeddings, config.vocabSize(), hidden))) {
        System.getLogger(EncoderWeights.class.getName())
            .log(
                System.Logger.Level.WARNING,
                decoder.file()
                    + ": decoder.weight differs from the embeddings and is used, though config.json"
                    + " says tie_word_embeddings");
      }
    }
    return DECODER;
  }

  private static String prefix(Predicate<String> has) {
    return has.test("model." + FINAL_NORM + ".weight") ? "model." : "";
  }

  /**
   * The tensors that change in a checkpoint before its linear layers become integers, by name; the
   * matrices among them are the weights of those layers.
   */
  static Map<String, FloatSource> equalized(ModernBertConfig config, Checkpoint checkpoint) {
    String prefix = prefix(name -> checkpoint.find(name).isPresent());
    var changed = new HashMap<String, FloatSource>();
    for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
      String name = prefix + LAYERS + layer;
      changed.putAll(Equalization.of(config, checkpoint, name, layer == 0, Optional.empty()));
    }
    return changed;
  }

  private static LayerWeights layer(
      ModernBertConfig config, WeightPacker packer, String name, int index) {
    int hidden = config.hiddenSize();
    int intermediate = config.intermediateSize();
    boolean attentionBias = config.attentionBias();
    boolean mlpBias = config.mlpBias();
    String wi = name + WI;
    return new LayerWeights(
        index == 0 ? null : norm(config, packer, name + ATTENTION_NORM),
        packer.linear(name + WQKV, 3 * hidden, hidden, attentionBias),
        packer.linear(name + ATTENTION_OUT, hidden, hidden, attentionBias),
        norm(config, packer, name + MLP_NORM),
        packer.linear(wi, 2 * intermediate, hidden, mlpBias, 0, intermediate),
        packer.linear(wi, 2 * intermediate, hidden, mlpBias, intermediate, 2 * intermediate),
        packer.linear(name + MLP_OUT, hidden, intermediate, mlpBias));
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
