package io.github.modernbert.weights;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code config.json} says, checked. The names are those of the file; keys that do not change
 * what the model computes are ignored. Where a file has keys of both generations, {@code
 * layer_types}, {@code rope_parameters} and {@code sliding_window} win, as in the reference. {@code
 * layer_norm_eps} is ignored, as in the reference: only {@code norm_eps} counts.
 *
 * {@snippet :
 * ModernBertConfig config = ModernBertConfig.read(Path.of("ModernBERT-base"));
 * for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
 *   System.out.println(config.isGlobal(layer) ? "all tokens" : "±" + config.windowReach());
 * }
 * }
 *
 * @param architectures the classes of transformers that the checkpoint was saved from
 * @param vocabSize number of token ids
 * @param hiddenSize length of a token's vector
 * @param intermediateSize half the width of the feed-forward layer's first matrix
 * @param numAttentionHeads divides hiddenSize; hiddenSize / numAttentionHeads is even
 * @param layerTypes one for each layer, at least one
 * @param localAttention width of the window of local layers; see {@link #windowReach}
 * @param rope settings for each layer type that occurs in layerTypes
 * @param maxPositionEmbeddings how many tokens the model was made for
 * @param normEps added to the variance in every LayerNorm; at least 0
 * @param normBias whether LayerNorms have a bias
 * @param attentionBias whether the attention's matrices have a bias
 * @param mlpBias whether the feed-forward layer's matrices have a bias
 * @param decoderBias whether the masked-LM decoder has a bias
 * @param classifierBias whether the dense layer of the prediction head has a bias
 * @param hiddenActivation of the feed-forward layers
 * @param classifierActivation of the prediction head, which masked LM and classifiers share
 * @param classifierPooling what a sequence classifier looks at
 * @param labels names of a classifier's outputs in their order; two made-up ones if not given
 * @param problemType what the outputs mean; if empty, the number of labels decides
 * @param tieWordEmbeddings whether the decoder's matrix is that of the embeddings
 * @param specialTokenIds ids of special tokens
 * @param crossEncoderActivation what sentence-transformers applies to the logits of a
 *     cross-encoder; if empty, sigmoid for one label and nothing for several
 */
public record ModernBertConfig(
    List<String> architectures,
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int numAttentionHeads,
    List<LayerType> layerTypes,
    int localAttention,
    Map<LayerType, RopeSettings> rope,
    int maxPositionEmbeddings,
    double normEps,
    boolean normBias,
    boolean attentionBias,
    boolean mlpBias,
    boolean decoderBias,
    boolean classifierBias,
    Activation hiddenActivation,
    Activation classifierActivation,
    ClassifierPooling classifierPooling,
    List<String> labels,
    Optional<ProblemType> problemType,
    boolean tieWordEmbeddings,
    SpecialTokenIds specialTokenIds,
    Optional<Activation> crossEncoderActivation) {

  /** Copies the collections; the values are as {@link #read} checks them. */
  public ModernBertConfig {
    architectures = List.copyOf(architectures);
    layerTypes = List.copyOf(layerTypes);
    rope = Map.copyOf(rope);
    labels = List.copyOf(labels);
  }

  /**
   * Reads the configuration of a model.
   *
   * @param folderOrFile a folder that holds {@code config.json}, or the file itself
   * @throws ModelFileException if it is missing, belongs to another architecture, or holds a value
   *     that the model cannot have; the message names key and value
   */
  public static ModernBertConfig read(Path folderOrFile) {
    Path file =
        Files.isDirectory(folderOrFile) ? folderOrFile.resolve("config.json") : folderOrFile;
    return of(Json.read(file));
  }

  /** Like {@link #read}, of a document that was read before. */
  public static ModernBertConfig of(Json json) {
    return new ModernBertConfigReader(json).read();
  }

  /** The number of layers. */
  public int numHiddenLayers() {
    return layerTypes.size();
  }

  /** The size of one head: even. */
  public int headDim() {
    return hiddenSize / numAttentionHeads;
  }

  /**
   * Whether all tokens see each other in this layer.
   *
   * @throws IndexOutOfBoundsException if there is no such layer
   */
  public boolean isGlobal(int layer) {
    return layerTypes.get(layer) == LayerType.FULL_ATTENTION;
  }

  /** How far a token of a local layer sees to either side: half of localAttention, rounded down. */
  public int windowReach() {
    return localAttention / 2;
  }

  /**
   * The RoPE settings of the layers of one kind.
   *
   * @throws IllegalArgumentException if the model has no such layer
   */
  public RopeSettings rope(LayerType layerType) {
    RopeSettings settings = rope.get(layerType);
    if (settings == null) {
      throw new IllegalArgumentException("no layer of this model is " + layerType.key());
    }
    return settings;
  }

  /** The number of a classifier's outputs. */
  public int numLabels() {
    return labels.size();
  }
}
