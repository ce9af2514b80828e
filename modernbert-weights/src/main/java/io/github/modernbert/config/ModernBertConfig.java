package io.github.modernbert.config;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The checked values of a {@code config.json}. The names are those of the file; keys that do not
 * change what the model computes are ignored. Where a file has keys of both generations, {@code
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
 * <p>Immutable and safe for use by several threads.
 */
public final class ModernBertConfig {
  private final List<String> architectures;
  private final int vocabSize;
  private final int hiddenSize;
  private final int intermediateSize;
  private final int numAttentionHeads;
  private final List<LayerType> layerTypes;
  private final int localAttention;
  private final Map<LayerType, RopeSettings> rope;
  private final int maxPositionEmbeddings;
  private final double normEps;
  private final boolean normBias;
  private final boolean attentionBias;
  private final boolean mlpBias;
  private final boolean decoderBias;
  private final boolean classifierBias;
  private final ActivationFunction hiddenActivation;
  private final Deferred<ActivationFunction> classifierActivation;
  private final ClassifierPooling classifierPooling;
  private final Deferred<List<String>> labels;
  private final Deferred<Optional<ProblemType>> problemType;
  private final boolean tieWordEmbeddings;
  private final SpecialTokenIds specialTokenIds;

  private ModernBertConfig(ModernBertConfigReader reader) {
    architectures = reader.architectures();
    vocabSize = reader.vocabSize();
    hiddenSize = reader.hiddenSize();
    intermediateSize = reader.intermediateSize();
    numAttentionHeads = reader.numAttentionHeads(hiddenSize);
    layerTypes = reader.layerTypes();
    localAttention = reader.localAttention();
    maxPositionEmbeddings = reader.maxPositionEmbeddings();
    rope = reader.rope(layerTypes, maxPositionEmbeddings);
    normEps = reader.normEps();
    normBias = reader.bool("norm_bias", false);
    attentionBias = reader.bool("attention_bias", false);
    mlpBias = reader.bool("mlp_bias", false);
    decoderBias = reader.bool("decoder_bias", true);
    classifierBias = reader.bool("classifier_bias", false);
    hiddenActivation = reader.activation("hidden_activation");
    classifierActivation = Deferred.of(() -> reader.activation("classifier_activation"));
    classifierPooling = reader.classifierPooling();
    labels = Deferred.of(reader::labels);
    problemType = Deferred.of(reader::problemType);
    tieWordEmbeddings = reader.bool("tie_word_embeddings", true);
    specialTokenIds = reader.specialTokenIds(vocabSize);
  }

  /**
   * Reads the configuration of a model.
   *
   * @param folderOrFile a folder that holds {@code config.json}, or the file itself
   * @return the checked configuration
   * @throws ModelFileException if it is missing, belongs to another architecture, or holds a value
   *     that the model cannot have; the message names key and value
   */
  public static ModernBertConfig read(Path folderOrFile) {
    Path file =
        Files.isDirectory(folderOrFile) ? folderOrFile.resolve("config.json") : folderOrFile;
    return of(Json.read(file));
  }

  /**
   * Reads the configuration from a parsed document.
   *
   * @param json the document of a {@code config.json}
   * @return the checked configuration
   * @throws ModelFileException if it belongs to another architecture, or holds a value that the
   *     model cannot have; the message names key and value
   */
  public static ModernBertConfig of(Json json) {
    return new ModernBertConfig(new ModernBertConfigReader(json));
  }

  /** The classes of transformers that the checkpoint was saved from. */
  public List<String> architectures() {
    return architectures;
  }

  /** The number of token ids; ids are from 0 to this − 1. */
  public int vocabSize() {
    return vocabSize;
  }

  /** The number of elements of a token's hidden state. */
  public int hiddenSize() {
    return hiddenSize;
  }

  /** Half the width of the feed-forward layer's first matrix. */
  public int intermediateSize() {
    return intermediateSize;
  }

  /** The number of attention heads; it divides {@link #hiddenSize}. */
  public int numAttentionHeads() {
    return numAttentionHeads;
  }

  /** The size of one head, {@link #hiddenSize} / {@link #numAttentionHeads}: even. */
  public int headDim() {
    return hiddenSize / numAttentionHeads;
  }

  /** The kind of attention of each layer; at least one layer. */
  public List<LayerType> layerTypes() {
    return layerTypes;
  }

  /** The number of layers, at least 1. */
  public int numHiddenLayers() {
    return layerTypes.size();
  }

  /**
   * Whether all tokens attend to each other in a layer.
   *
   * @param layer the index of the layer, from 0
   * @throws IndexOutOfBoundsException if there is no such layer
   */
  public boolean isGlobal(int layer) {
    return layerTypes.get(layer) == LayerType.FULL_ATTENTION;
  }

  /** The width of the window of local layers in tokens; see {@link #windowReach}. */
  public int localAttention() {
    return localAttention;
  }

  /**
   * The distance in tokens up to which a token of a local layer attends to either side: half of
   * {@link #localAttention}, rounded down.
   */
  public int windowReach() {
    return localAttention / 2;
  }

  /** The RoPE settings of each layer type that occurs in {@link #layerTypes}. */
  public Map<LayerType, RopeSettings> rope() {
    return rope;
  }

  /**
   * The RoPE settings of the layers of one kind.
   *
   * @param layerType a kind that occurs in {@link #layerTypes}
   * @throws IllegalArgumentException if the model has no such layer
   */
  public RopeSettings rope(LayerType layerType) {
    RopeSettings settings = rope.get(layerType);
    if (settings == null) {
      throw new IllegalArgumentException("no layer of this model is " + layerType.key());
    }
    return settings;
  }

  /** The greatest number of tokens of a sequence. */
  public int maxPositionEmbeddings() {
    return maxPositionEmbeddings;
  }

  /** The number ε that is added to the variance in every LayerNorm; at least 0. */
  public double normEps() {
    return normEps;
  }

  /** Whether LayerNorms have a bias. */
  public boolean normBias() {
    return normBias;
  }

  /** Whether the attention's matrices have a bias. */
  public boolean attentionBias() {
    return attentionBias;
  }

  /** Whether the feed-forward layer's matrices have a bias. */
  public boolean mlpBias() {
    return mlpBias;
  }

  /** Whether the masked-LM decoder has a bias. */
  public boolean decoderBias() {
    return decoderBias;
  }

  /** Whether the dense layer of the prediction head has a bias. */
  public boolean classifierBias() {
    return classifierBias;
  }

  /** The activation of the feed-forward layers. */
  public ActivationFunction hiddenActivation() {
    return hiddenActivation;
  }

  /**
   * The activation of the prediction head, which masked LM and classifiers share.
   *
   * @throws ModelFileException if it is unknown; encoders without that head do not need it
   */
  public ActivationFunction classifierActivation() {
    return classifierActivation.get();
  }

  /** The hidden state that a sequence classifier reads: that of the first token or the mean. */
  public ClassifierPooling classifierPooling() {
    return classifierPooling;
  }

  /**
   * The names of a classifier's outputs in their order: those of {@code id2label}, or {@code
   * LABEL_0} and {@code LABEL_1} if the file gives neither names nor number.
   *
   * @throws ModelFileException if {@code id2label} or {@code num_labels} are unusable. Only models
   *     that classify need them, so the file is not refused for them before.
   */
  public List<String> labels() {
    return labels.get();
  }

  /**
   * The number of a classifier's outputs, at least 1.
   *
   * @throws ModelFileException if {@code id2label} or {@code num_labels} are unusable
   */
  public int numLabels() {
    return labels().size();
  }

  /**
   * The meaning of a classifier's outputs; if empty, it follows from the number of labels.
   *
   * @throws ModelFileException if {@code problem_type} is unusable, or does not fit the number of
   *     labels
   */
  public Optional<ProblemType> problemType() {
    return problemType.get();
  }

  /** Whether the masked-LM decoder uses the embedding matrix. */
  public boolean tieWordEmbeddings() {
    return tieWordEmbeddings;
  }

  /** The ids of special tokens. */
  public SpecialTokenIds specialTokenIds() {
    return specialTokenIds;
  }
}
