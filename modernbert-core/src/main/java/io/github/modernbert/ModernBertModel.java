package io.github.modernbert;

import static java.util.stream.Collectors.toSet;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.encoder.AttentionObserver;
import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.encoder.PackedBatch;
import io.github.modernbert.folders.ModelSource;
import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.BatchScheduler;
import io.github.modernbert.tasks.Inputs;
import io.github.modernbert.tasks.Pipeline;
import io.github.modernbert.tasks.Request;
import io.github.modernbert.tasks.Vectors;
import io.github.modernbert.weights.TransformerFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The bare encoder: token ids in, last hidden states out, as {@code ModernBertModel} of the
 * reference. Immutable and safe for use by several threads; holds native memory until it is closed.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="hidden-states"}
 *
 * <p>For people who study the model it also tells what its layers compute on the way.
 *
 * {@snippet file="io/github/modernbert/TokenSnippetsTest.java" region="inside-the-model"}
 */
public final class ModernBertModel implements AutoCloseable {
  private static final int LONGEST_ATTENTION = 1024;

  private final Backbone backbone;
  private final BatchScheduler scheduler;

  private ModernBertModel(Backbone backbone, LoadOptions options) {
    this.backbone = backbone;
    this.scheduler = new BatchScheduler(backbone, options.tokenBudget(), options.batches()::begins);
  }

  /** Like {@link #load(Path, LoadOptions)} with the default options. */
  public static ModernBertModel load(Path folder) {
    return load(folder, LoadOptions.defaults());
  }

  /**
   * Loads {@code config.json} and the weights of a folder; a tokenizer is not needed.
   *
   * @throws io.github.modernbert.files.ModelFileException if they cannot be used
   * @throws IllegalArgumentException if the demanded kernels are not installed
   * @throws UnsupportedOperationException if the demanded kernels cannot run here
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static ModernBertModel load(Path folder, LoadOptions options) {
    Arguments.notNull(options, "options");
    try (var source = ModelSource.of(Arguments.notNull(folder, "folder"))) {
      Backbone backbone =
          source.read(
              files -> options.load(source.name(), TransformerFiles.of(files, Models::locate)));
      return new ModernBertModel(backbone, options);
    }
  }

  /** Like {@link #load(String, LoadOptions)} with the default options. */
  public static ModernBertModel load(String nameOrFolder) {
    return load(nameOrFolder, LoadOptions.defaults());
  }

  /**
   * Loads a folder, or a model by its name, such as {@code organisation/name}; see {@link
   * Models#locate(String)}.
   *
   * @throws IllegalArgumentException if there is neither, or as {@link #load(Path, LoadOptions)},
   *     whose other exceptions it has too
   */
  public static ModernBertModel load(String nameOrFolder, LoadOptions options) {
    return load(Models.locate(nameOrFolder), options);
  }

  /** The configuration of the encoder. */
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
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws io.github.modernbert.files.ModelFileException if a state is not finite, because of
   *     weights that are NaN, infinite or too large
   */
  public float[][] lastHiddenState(int[] ids) {
    return lastHiddenStates(List.of(Arguments.notNull(ids, "ids"))).getFirst();
  }

  /**
   * The last hidden states of several sequences, in their order; the same bits as one by one.
   *
   * @throws IllegalArgumentException as {@link #lastHiddenState}, whose other exceptions it has too
   */
  public List<float[][]> lastHiddenStates(List<int[]> sequences) {
    var copies = new ArrayList<int[]>();
    Arguments.notNull(sequences, "sequences");
    for (int i = 0; i < sequences.size(); i++) {
      copies.add(Arguments.element(sequences.get(i), "sequences", i).clone());
    }
    try (var pipeline =
        new Pipeline<int[], float[][], float[][]>(
            backbone,
            scheduler,
            index -> "sequences[" + index + "]",
            Inputs.of(copies),
            ids -> Request.of(ids, Vectors::results),
            state -> {})) {
      var states = new ArrayList<float[][]>();
      pipeline.forEachRemaining(states::add);
      return List.copyOf(states);
    }
  }

  /** The states of one sequence between all layers; see {@link #hiddenStates(int[], Set)}. */
  public HiddenStates hiddenStates(int[] ids) {
    return hiddenStates(
        ids, IntStream.rangeClosed(0, config().numHiddenLayers()).boxed().collect(toSet()));
  }

  /**
   * The states of one sequence after some of the layers, and the last hidden states.
   *
   * @param ids as for {@link #lastHiddenState}
   * @param layers after how many layers: from 0, which is the embeddings after their norm, to
   *     {@code num_hidden_layers}
   * @throws IllegalArgumentException as {@link #lastHiddenState}, or if the model has fewer layers
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public HiddenStates hiddenStates(int[] ids, Set<Integer> layers) {
    Set<Integer> wanted = layers(layers, config().numHiddenLayers());
    var states = new TreeMap<Integer, float[][]>();
    float[][] last =
        backbone.encode(
            batch(ids),
            (computed, hidden) -> {
              if (wanted.contains(computed)) {
                states.put(computed, Vectors.rows(hidden));
              }
            },
            Vectors::rows);
    return new HiddenStates(states, last);
  }

  /**
   * The attention probabilities of one sequence in some of the layers. They are computed from the
   * queries and keys of the encoder, which never holds them, and take heads × tokens × tokens
   * numbers a layer.
   *
   * @param ids as for {@link #lastHiddenState}, but at most 1024
   * @param layers which layers, from 0 to {@code num_hidden_layers} − 1
   * @throws IllegalArgumentException as {@link #lastHiddenState}, or if there are more tokens, or
   *     the model has fewer layers
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public AttentionMaps attentions(int[] ids, Set<Integer> layers) {
    PackedBatch batch = batch(ids);
    if (batch.tokens() > LONGEST_ATTENTION) {
      throw new IllegalArgumentException(
          "attention probabilities are kept for at most %d tokens, found %d"
              .formatted(LONGEST_ATTENTION, batch.tokens()));
    }
    var observer = new AttentionObserver(config(), layers(layers, config().numHiddenLayers() - 1));
    return backbone.encode(
        batch,
        observer,
        hidden -> new AttentionMaps(observer.probabilities(), config().numAttentionHeads()));
  }

  private static PackedBatch batch(int[] ids) {
    return PackedBatch.of(Arguments.notNull(ids, "ids"));
  }

  private static Set<Integer> layers(Set<Integer> layers, int last) {
    for (Integer layer : Arguments.notNull(layers, "layers")) {
      if (layer == null || layer < 0 || layer > last) {
        throw new IllegalArgumentException(
            "layers: expected 0 to %d, found %s".formatted(last, layer));
      }
    }
    return Set.copyOf(layers);
  }

  /** Frees the native memory as soon as calls that are under way have ended. */
  @Override
  public void close() {
    backbone.close();
  }
}
