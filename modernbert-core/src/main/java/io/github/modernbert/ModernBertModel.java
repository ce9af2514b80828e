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
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The encoder without a head: token ids in, last hidden states out, as {@code ModernBertModel} of
 * transformers (arXiv:2412.13663). Immutable and safe for use by several threads; holds native
 * memory until it is closed.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="hidden-states"}
 *
 * <p>Its hidden states after each layer and its attention probabilities can be read as well. They
 * are given as computed, also where they are not finite.
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

  /**
   * Loads an encoder without head or tokenizer with {@linkplain LoadOptions#defaults default
   * options}.
   *
   * @param folder a folder that holds config.json and weights; no tokenizer is needed
   * @return the loaded model; the caller closes it
   * @throws io.github.modernbert.files.ModelFileException if a file is missing or cannot be used,
   *     or the model is of another architecture
   * @throws IllegalArgumentException if the folder is null
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static ModernBertModel load(Path folder) {
    return load(folder, LoadOptions.defaults());
  }

  /**
   * Loads an encoder without head or tokenizer.
   *
   * @param folder a folder that holds config.json and weights; no tokenizer is needed
   * @param options threads, kernels, precision and memory of the model
   * @return the loaded model; the caller closes it
   * @throws io.github.modernbert.files.ModelFileException if a file is missing or cannot be used,
   *     or the model is of another architecture
   * @throws IllegalArgumentException if an argument is null, the chosen kernels are not installed,
   *     or the model has fewer layers than the options ask for
   * @throws UnsupportedOperationException if the chosen kernels cannot run here
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static ModernBertModel load(Path folder, LoadOptions options) {
    Arguments.notNull(options, "options");
    try (var source = ModelSource.of(Arguments.notNull(folder, "folder"))) {
      Backbone backbone =
          source.read(files ->
              options.load(
                  source.name(),
                  TransformerFiles.of(files, Models::locate),
                  Optional.empty(),
                  source.isTemporary()));
      return new ModernBertModel(backbone, options);
    }
  }

  /**
   * Loads an encoder without head or tokenizer by name with {@linkplain LoadOptions#defaults
   * default options}; see {@link Models#locate(String)}.
   *
   * @param nameOrFolder the path of a folder, or a name that an installed {@link ModelLocator}
   *     knows, such as {@code organisation/name}
   * @return the loaded model; the caller closes it
   * @throws io.github.modernbert.files.ModelFileException if a file is missing or cannot be used,
   *     or the model is of another architecture
   * @throws IllegalArgumentException if the argument is null, or there is neither such a folder nor
   *     a model of that name
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws RuntimeException as the locator defines it, if it knows the name and cannot provide the
   *     model
   */
  public static ModernBertModel load(String nameOrFolder) {
    return load(nameOrFolder, LoadOptions.defaults());
  }

  /**
   * Loads an encoder without head or tokenizer by name; see {@link Models#locate(String)}.
   *
   * @param nameOrFolder the path of a folder, or a name that an installed {@link ModelLocator}
   *     knows, such as {@code organisation/name}
   * @param options threads, kernels, precision and memory of the model
   * @return the loaded model; the caller closes it
   * @throws io.github.modernbert.files.ModelFileException if a file is missing or cannot be used,
   *     or the model is of another architecture
   * @throws IllegalArgumentException if an argument is null, there is neither such a folder nor a
   *     model of that name, the chosen kernels are not installed, or the model has fewer layers
   *     than the options ask for
   * @throws UnsupportedOperationException if the chosen kernels cannot run here
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws RuntimeException as the locator defines it, if it knows the name and cannot provide the
   *     model
   */
  public static ModernBertModel load(String nameOrFolder, LoadOptions options) {
    return load(Models.locate(nameOrFolder), options);
  }

  /** The configuration of the encoder. */
  public ModernBertConfig config() {
    return backbone.config();
  }

  /** The name of the kernels that compute the model, such as {@code vector (512 bit)}. */
  public String kernels() {
    return backbone.kernels().name();
  }

  /**
   * Computes the last hidden states of one sequence, {@code last_hidden_state} of the reference.
   *
   * @param ids token ids, special ones included; from 1 to {@code max_position_embeddings} of them
   * @return tokens × hidden size; the caller's own
   * @throws IllegalArgumentException if the argument is null, there are no ids, too many, or one is
   *     not in the vocabulary
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
   * Computes the last hidden states of several sequences. Their bits are those of {@link
   * #lastHiddenState} for each.
   *
   * @param sequences any number of sequences of token ids, as for {@link #lastHiddenState}
   * @return tokens × hidden size for each sequence, in their order; the caller's own
   * @throws IllegalArgumentException if the list or a sequence is null, or a sequence is empty, too
   *     long, or has an id that is not in the vocabulary
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws io.github.modernbert.files.ModelFileException if a state is not finite, because of
   *     weights that are NaN, infinite or too large
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

  /**
   * Computes the hidden states of one sequence after each layer, {@code hidden_states} of the
   * reference.
   *
   * @param ids token ids, special ones included; from 1 to {@code max_position_embeddings} of them
   * @return tokens × hidden size after each number of layers from 0 to {@code num_hidden_layers},
   *     and the last hidden states
   * @throws IllegalArgumentException if the argument is null, there are no ids, too many, or one is
   *     not in the vocabulary
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public HiddenStates hiddenStates(int[] ids) {
    return hiddenStates(
        ids, IntStream.rangeClosed(0, config().numHiddenLayers()).boxed().collect(toSet()));
  }

  /**
   * Computes the hidden states of one sequence after some of the layers, and the last hidden
   * states.
   *
   * @param ids token ids, special ones included; from 1 to {@code max_position_embeddings} of them
   * @param layers numbers of layers after which to keep the states, from 0, which is the embeddings
   *     after their norm, to {@code num_hidden_layers}
   * @return tokens × hidden size after each of these numbers of layers
   * @throws IllegalArgumentException if an argument is null, there are no ids, too many, or one is
   *     not in the vocabulary, or the model has fewer layers
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
   * Computes the attention probabilities of one sequence in some of the layers, {@code attentions}
   * of the reference. They are computed beside the forward pass, from its queries and keys, and
   * take heads × tokens × tokens floats for each layer.
   *
   * @param ids token ids, special ones included; from 1 to 1024 of them
   * @param layers indices of layers, from 0 to {@code num_hidden_layers} − 1
   * @return the probabilities in each of these layers
   * @throws IllegalArgumentException if an argument is null, there are no ids, too many, or one is
   *     not in the vocabulary, or the model has fewer layers
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
