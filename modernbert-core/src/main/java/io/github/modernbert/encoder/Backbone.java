package io.github.modernbert.encoder;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.events.BatchEvent;
import io.github.modernbert.events.Recorder;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.files.RegularFiles;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.KeyValues;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.WeightFormat;
import io.github.modernbert.kernels.WorkerPool;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.QuantizedTensor;
import io.github.modernbert.weights.TransformerFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A loaded encoder with everything it owns: weights, threads, and the workspaces of calls. All
 * tasks are built on one. Safe for use by several threads.
 */
public final class Backbone implements AutoCloseable {
  private static final int SMALLEST_WORKSPACE = 256;

  private final String name;
  private final TransformerFiles files;
  private final ModernBertConfig config;
  private final Kernels kernels;
  private final WeightFormats formats;
  private final WorkerPool pool;
  private final CountingArena arena = new CountingArena();

  /** The format of the layers' weights: integers also where the checkpoint holds them. */
  private final WeightFormat layers;

  private final Encoder encoder;
  private final Optional<Path> prepared;
  private final @Nullable StateMean stateMean;
  private final Set<String> otherTensors;
  private final long parameters;
  private final ConcurrentLinkedDeque<Workspace> idle = new ConcurrentLinkedDeque<>();
  private final Lifetime lifetime;

  /**
   * Loads the weights of a transformer.
   *
   * @param name what messages call the model
   * @throws ModelFileException if the weights cannot be used
   */
  public Backbone(
      String name, TransformerFiles files, Kernels kernels, WeightFormats formats, int threads) {
    this(name, files, Optional.empty(), kernels, formats, threads, Optional.empty());
  }

  /**
   * Loads the weights of a transformer, or maps what an earlier load has packed.
   *
   * @param name what messages call the model
   * @param stateMean what is taken instead of the last hidden states, if anything
   * @param cacheFolder where packed weights are kept; those of adapted models are not
   * @throws ModelFileException if the weights cannot be used
   */
  public Backbone(
      String name,
      TransformerFiles files,
      Optional<StateMean> stateMean,
      Kernels kernels,
      WeightFormats formats,
      int threads,
      Optional<Path> cacheFolder) {
    this.name = name;
    this.stateMean = stateMean.orElse(null);
    this.files = files;
    this.config = files.config();
    this.kernels = kernels;
    this.formats = formats;
    this.pool = new WorkerPool(threads);
    this.lifetime = new Lifetime("the model " + name, this::free);
    try (var _ = WarmUp.start(kernels);
        Checkpoint checkpoint = files.open()) {
      boolean int8 = formats.layers() == WeightFormat.INT8 || holdsIntegers(checkpoint);
      layers = int8 ? WeightFormat.INT8 : formats.layers();
      boolean narrowTable = int8 || formats.others() == WeightFormat.BFLOAT16;
      MemoryNeed.requireEncoder(config, layers, narrowTable, files.folder());
      Packed packed =
          cacheFolder.isEmpty() || files.isAdapted()
              ? pack(checkpoint, new WeightStore(arena), narrowTable)
              : cached(checkpoint, narrowTable, cacheFolder.get());
      prepared = packed.file;
      encoder = new Encoder(config, packed.weights, kernels, pool);
      kernels.prepare(EnumSet.of(layers, formats.others()));
      otherTensors = packed.packer.unusedTensors();
      parameters = parameters(checkpoint);
    } catch (Throwable e) {
      lifetime.close();
      throw e;
    }
  }

  /**
   * Packed weights.
   *
   * @param packer what packed them
   * @param file where they are prepared for the next load, if they are
   */
  private record Packed(EncoderWeights weights, WeightPacker packer, Optional<Path> file) {
    Packed at(Path place) {
      return new Packed(weights, packer, Optional.of(place));
    }
  }

  private Packed pack(Checkpoint checkpoint, WeightStore store, boolean narrowTable) {
    var packer = new WeightPacker(checkpoint, kernels, store, formats.layers());
    var weights = new EncoderWeights(files, packer, narrowTable, pool);
    return new Packed(weights, packer, Optional.empty());
  }

  private Packed cached(Checkpoint checkpoint, boolean narrowTable, Path folder) {
    String identity = WeightIdentity.of(files, checkpoint, kernels, layers, narrowTable);
    Path file = PreparedFile.path(folder, identity);
    Optional<PreparedFile> found = PreparedFile.find(file, identity, arena, pool);
    if (found.isPresent()) {
      try {
        return pack(checkpoint, new WeightStore(arena, found.get()), narrowTable).at(file);
      } catch (PreparedFile.DamagedException e) {
        PreparedFile.warn(file + " is not used and made again: " + e.getMessage());
      }
    }
    var store = new WeightStore(arena);
    Packed packed = pack(checkpoint, store, narrowTable);
    try {
      PreparedFile.write(file, identity, store.segments());
      return packed.at(file);
    } catch (ClosedByInterruptException e) {
      throw RegularFiles.unreadable(file, e);
    } catch (IOException e) {
      PreparedFile.warn("the packed weights of " + name + " cannot be kept: " + e);
      return packed;
    }
  }

  /** The file that the packed weights are in for the next load, if they were to be kept. */
  public Optional<Path> prepared() {
    return prepared;
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

  /** The name of the model in messages. */
  public String name() {
    return name;
  }

  /** The folder it was loaded from; may be gone once the heads are loaded. */
  public Path folder() {
    return files.folder();
  }

  /** Opens the weights again, for those of heads. */
  public Checkpoint openCheckpoint() {
    return files.open();
  }

  /** The model's configuration. */
  public ModernBertConfig config() {
    return config;
  }

  /** The operations that compute it. */
  public Kernels kernels() {
    return kernels;
  }

  /** Whether linear layers of the encoder are computed in integers. */
  public boolean isQuantized() {
    return layers == WeightFormat.INT8;
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
    try (Lifetime.Use _ = begin();
        EncodedBatch encoded =
            encode(batch, pool.threads(), observer, Thread.currentThread()::isInterrupted)) {
      return use.apply(encoded.hidden());
    }
  }

  /**
   * Computes the last hidden states of a batch, of sequences that {@link #check} accepts, during a
   * use of the model that has begun.
   *
   * @param threads how many threads work on it at most, the caller's included; from 1
   * @param cancelled asked after each layer; when it is true, the call ends
   * @return the states, to be closed
   * @throws java.util.concurrent.CancellationException if it was cancelled
   */
  public EncodedBatch encode(PackedBatch batch, int threads, BooleanSupplier cancelled) {
    return encode(batch, Math.min(threads, pool.threads()), LayerObserver.NONE, cancelled);
  }

  private EncodedBatch encode(
      PackedBatch batch, int threads, LayerObserver observer, BooleanSupplier cancelled) {
    BatchEvent event = Recorder.isInUse() ? new BatchEvent() : null;
    Workspace workspace = borrow(batch);
    StateMean.Running mean = null;
    EncodedBatch states;
    try {
      Matrix hidden = workspace.hidden(batch);
      if (stateMean != null) {
        mean = stateMean.new Running(hidden, pool);
      }
      encoder.encode(batch, threads, workspace, withMean(observer, mean), cancelled);
      if (mean != null) {
        mean.add(config.numHiddenLayers(), hidden);
      }
      states = encoded(workspace, mean == null ? hidden : mean.mean(), mean);
    } catch (Throwable e) {
      if (mean != null) {
        mean.close();
      }
      idle.push(workspace);
      throw e;
    }
    if (event != null && event.shouldCommit()) {
      event.model = name;
      event.kernels = kernels.name();
      event.sequences = batch.size();
      event.tokens = batch.tokens();
      event.commit();
    }
    return states;
  }

  /** An observer that adds the states up as well; those after the last layer are not normed yet. */
  private LayerObserver withMean(LayerObserver observer, StateMean.@Nullable Running mean) {
    if (mean == null) {
      return observer;
    }
    return new LayerObserver() {
      @Override
      public void after(int layers, Matrix hidden) {
        observer.after(layers, hidden);
        if (layers < config.numHiddenLayers()) {
          mean.add(layers, hidden);
        }
      }

      @Override
      public void beforeAttention(int layer, Matrix queries, KeyValues keyValues) {
        observer.beforeAttention(layer, queries, keyValues);
      }
    };
  }

  private EncodedBatch encoded(
      Workspace workspace, Matrix hidden, StateMean.@Nullable Running mean) {
    return new EncodedBatch() {
      @Override
      public Matrix hidden() {
        return hidden;
      }

      @Override
      public void close() {
        if (mean != null) {
          mean.close();
        }
        idle.push(workspace);
      }
    };
  }

  /**
   * Begins a use of the model, whose memory is not freed before it has ended.
   *
   * @throws IllegalStateException if the model is closed
   */
  public Lifetime.Use begin() {
    return lifetime.begin();
  }

  /** The greatest number of tokens of a sequence. */
  public int maxPositions() {
    return files.maxPositions();
  }

  /**
   * Checks that the model can take a sequence.
   *
   * @throws IllegalArgumentException if it is empty, longer than {@link #maxPositions}, or has an
   *     id that is not in the vocabulary
   */
  public void check(TokenSequence sequence) {
    int length = sequence.ids().length;
    if (length == 0) {
      throw new IllegalArgumentException("no tokens");
    }
    if (length > files.maxPositions()) {
      throw new IllegalArgumentException(
          "%d tokens, the model %s takes at most %d".formatted(length, name, files.maxPositions()));
    }
    for (int id : sequence.ids()) {
      if (id < 0 || id >= config.vocabSize()) {
        throw new IllegalArgumentException(
            "token id %d is not in the vocabulary of the model %s: 0 to %d"
                .formatted(id, name, config.vocabSize() - 1));
      }
    }
  }

  private void check(PackedBatch batch) {
    for (int b = 0; b < batch.size(); b++) {
      try {
        check(batch.sequence(b));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("sequence " + b + ": " + e.getMessage(), e);
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
    return new Workspace(config, kernels, layers, capacity(batch.paddedTokens()));
  }

  /** Rounded up, so that slowly growing batches do not allocate each time. */
  private static int capacity(int tokens) {
    int step = Math.max(SMALLEST_WORKSPACE, Integer.highestOneBit(tokens) / 4);
    return Math.ceilDiv(tokens, step) * step;
  }

  /** Refuses further uses; frees the memory when those that have begun have ended. */
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
