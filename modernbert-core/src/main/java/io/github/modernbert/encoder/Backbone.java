package io.github.modernbert.encoder;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.WarmUp;
import io.github.modernbert.kernels.WeightFormat;
import io.github.modernbert.kernels.WorkerPool;
import io.github.modernbert.packing.PackedBatch;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.QuantizedTensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Function;

/**
 * A loaded encoder with everything it owns: weights, threads, and the workspaces of calls. All
 * tasks are built on one. Safe for use by several threads.
 */
public final class Backbone implements AutoCloseable {
  private static final int SMALLEST_WORKSPACE = 256;

  private final String name;
  private final Path folder;
  private final ModernBertConfig config;
  private final Kernels kernels;
  private final WeightFormats formats;
  private final WorkerPool pool;
  private final CountingArena arena = new CountingArena();
  private final EncoderWeights weights;
  private final boolean isQuantized;
  private final Encoder encoder;
  private final Set<String> otherTensors;
  private final long parameters;
  private final ConcurrentLinkedDeque<Workspace> idle = new ConcurrentLinkedDeque<>();
  private final Lifetime lifetime;

  /**
   * Loads {@code model.safetensors} or its shards from a folder.
   *
   * @param name what messages call the model
   * @throws ModelFileException if the weights cannot be used
   */
  public Backbone(
      String name,
      Path folder,
      ModernBertConfig config,
      Kernels kernels,
      WeightFormats formats,
      int threads) {
    this.name = name;
    this.folder = folder;
    this.config = config;
    this.kernels = kernels;
    this.formats = formats;
    this.pool = new WorkerPool(threads);
    this.lifetime = new Lifetime("the model " + name, this::free);
    try (var _ = WarmUp.start(kernels);
        Checkpoint checkpoint = Checkpoint.open(folder)) {
      var packer = new WeightPacker(checkpoint, kernels, arena, formats.layers());
      isQuantized = formats.layers() == WeightFormat.INT8 || holdsIntegers(checkpoint);
      boolean narrowTable = isQuantized || formats.others() == WeightFormat.BFLOAT16;
      weights = new EncoderWeights(config, packer, narrowTable, pool);
      encoder = new Encoder(config, weights, kernels, pool);
      otherTensors = packer.untaken();
      parameters = parameters(checkpoint);
    } catch (Throwable e) {
      lifetime.close();
      throw e;
    }
  }

  /** Whether tensors of a checkpoint are 8-bit integers. */
  public static boolean holdsIntegers(Checkpoint checkpoint) {
    return checkpoint.names().stream()
        .anyMatch(name -> QuantizedTensor.isQuantized(checkpoint.tensor(name)));
  }

  private static long parameters(Checkpoint checkpoint) {
    var names = new HashSet<>(checkpoint.names());
    for (String name : checkpoint.names()) {
      if (QuantizedTensor.isQuantized(checkpoint.tensor(name))) {
        names.remove(QuantizedTensor.scaleName(name));
      }
    }
    return names.stream().mapToLong(name -> checkpoint.tensor(name).elementCount()).sum();
  }

  /** Packs the weights of heads into the memory of the model. */
  public WeightPacker packer(Checkpoint checkpoint) {
    return new WeightPacker(checkpoint, kernels, arena, formats.others());
  }

  /** What messages call the model. */
  public String name() {
    return name;
  }

  /** The folder it was loaded from; may be gone once the heads are loaded. */
  public Path folder() {
    return folder;
  }

  /** What the model is. */
  public ModernBertConfig config() {
    return config;
  }

  /** What computes it. */
  public Kernels kernels() {
    return kernels;
  }

  /** Whether linear layers of the encoder are computed in integers. */
  public boolean isQuantized() {
    return isQuantized;
  }

  /** The encoder's weights. */
  EncoderWeights weights() {
    return weights;
  }

  /** Memory that lives as long as the model does. */
  public Arena arena() {
    return arena;
  }

  /** The threads that work on calls. */
  public WorkerPool pool() {
    return pool;
  }

  /** The size of what was allocated in the model's memory. */
  public long weightBytes() {
    return arena.bytes();
  }

  /** Elements of all tensors of the checkpoint, without the scales of integers. */
  public long parameters() {
    return parameters;
  }

  /** Tensors of the checkpoint that the encoder does not use. */
  public Set<String> otherTensors() {
    return otherTensors;
  }

  /** Begins a call that uses the model's memory; {@link Lifetime#end} must follow. */
  public Lifetime lifetime() {
    return lifetime;
  }

  /**
   * Computes the last hidden states of a batch and hands them on.
   *
   * @param use gets one row for each token; the rows are valid until it returns
   * @throws IllegalStateException if the model is closed
   * @throws IllegalArgumentException if a sequence is empty, longer than the model's positions, or
   *     has an id that is not in the vocabulary
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  public <R> R encode(PackedBatch batch, LayerObserver observer, Function<Matrix, R> use) {
    check(batch);
    lifetime.begin();
    try {
      Workspace workspace = borrow(batch);
      try {
        encoder.encode(batch, workspace, observer);
        return use.apply(workspace.hidden(batch));
      } finally {
        idle.push(workspace);
      }
    } finally {
      lifetime.end();
    }
  }

  /**
   * Computes the last hidden states of one sequence of which only a prefix is attended to; see
   * {@link PrefixAttention}. On the caller's thread.
   *
   * @param attended how many tokens at the start are attended to; see {@link #sees}
   * @param use gets one row for each token; the rows are valid until it returns
   * @throws IllegalStateException if the model is closed
   * @throws IllegalArgumentException as the other method, or if a token sees nothing
   */
  public <R> R encode(int[] ids, int attended, Function<Matrix, R> use) {
    check(PackedBatch.of(List.of(ids)));
    if (!sees(ids.length, attended)) {
      throw new IllegalArgumentException(
          "%d of %d tokens are attended to, others see nothing".formatted(attended, ids.length));
    }
    lifetime.begin();
    try (Arena memory = Arena.ofConfined()) {
      return use.apply(new PrefixAttention(config, weights, kernels).encode(ids, attended, memory));
    } finally {
      lifetime.end();
    }
  }

  /** Whether all of so many tokens see one that is attended to, in every layer. */
  public boolean sees(int tokens, int attended) {
    return PrefixAttention.isDefined(config, tokens, attended);
  }

  private void check(PackedBatch batch) {
    for (int b = 0; b < batch.size(); b++) {
      int length = batch.length(b);
      if (length == 0) {
        throw new IllegalArgumentException("sequence " + b + " has no tokens");
      }
      if (length > config.maxPositionEmbeddings()) {
        throw new IllegalArgumentException(
            "sequence %d has %d tokens, the model %s takes at most %d (max_position_embeddings)"
                .formatted(b, length, name, config.maxPositionEmbeddings()));
      }
    }
    for (int id : batch.ids()) {
      if (id < 0 || id >= config.vocabSize()) {
        throw new IllegalArgumentException(
            "token id %d is not in the vocabulary of the model %s: 0 to %d"
                .formatted(id, name, config.vocabSize() - 1));
      }
    }
  }

  private Workspace borrow(PackedBatch batch) {
    Workspace workspace = idle.poll();
    if (workspace != null && workspace.fits(batch)) {
      return workspace;
    }
    if (workspace != null) {
      workspace.close();
    }
    return new Workspace(config, capacity(batch.paddedTokens()));
  }

  /** Rounded up, so that slowly growing batches do not allocate each time. */
  private static int capacity(int tokens) {
    int step = Math.max(SMALLEST_WORKSPACE, Integer.highestOneBit(tokens) / 4);
    return Math.ceilDiv(tokens, step) * step;
  }

  /** Frees the memory as soon as calls that are under way have ended. */
  @Override
  public void close() {
    lifetime.close();
  }

  private void free() {
    pool.close();
    for (Workspace workspace; (workspace = idle.poll()) != null; ) {
      workspace.close();
    }
    arena.close();
  }
}
