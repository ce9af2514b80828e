package io.github.modernbert.encoder;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.kernels.FloatSource;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.LayerNorm;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.ScaledWeights;
import io.github.modernbert.kernels.WeightFormat;
import io.github.modernbert.kernels.WeightMemory;
import io.github.modernbert.kernels.WorkerPool;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.QuantizedTensor;
import io.github.modernbert.weights.Tensor;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads tensors of a checkpoint by name and shape, and packs them into the layout of the kernels.
 * Remembers which ones were taken. Safe for use by several threads.
 */
public final class WeightPacker {
  private final Checkpoint checkpoint;
  private final Kernels kernels;
  private final WeightStore store;
  private final WeightFormat format;
  private final Supplier<Map<String, FloatSource>> changed;
  private final Set<String> taken;

  /**
   * Packs into memory of the arena.
   *
   * @param format of linear layers, unless the checkpoint holds them as integers
   */
  public WeightPacker(Checkpoint checkpoint, Kernels kernels, Arena arena, WeightFormat format) {
    this(checkpoint, kernels, new WeightStore(arena), format);
  }

  /**
   * Packs into memory of a store, or takes from there what is packed.
   *
   * @param format of linear layers, unless the checkpoint holds them as integers
   */
  WeightPacker(Checkpoint checkpoint, Kernels kernels, WeightStore store, WeightFormat format) {
    this(checkpoint, kernels, store, format, Map::of, new ConcurrentSkipListSet<>());
  }

  private WeightPacker(
      Checkpoint checkpoint,
      Kernels kernels,
      WeightStore store,
      WeightFormat format,
      Supplier<Map<String, FloatSource>> changed,
      Set<String> taken) {
    this.checkpoint = checkpoint;
    this.kernels = kernels;
    this.store = store;
    this.format = format;
    this.changed = changed;
    this.taken = taken;
  }

  /** A packer for a layer of the encoder, whose tensors are equalized if they become integers. */
  WeightPacker ofLayer(ModernBertConfig config, String name, boolean isFirst) {
    return format == WeightFormat.INT8
        ? new WeightPacker(
            checkpoint,
            kernels,
            store,
            format,
            new Once<>(
                () -> Equalization.of(config, checkpoint, name, isFirst, kernels.weightCode())),
            taken)
        : this;
  }

  /** Whether the checkpoint has a tensor. */
  boolean has(String name) {
    return checkpoint.find(name).isPresent();
  }

  /** A tensor of the checkpoint, which must exist and have this shape. */
  Tensor tensor(String name, long... shape) {
    taken.add(name);
    return checkpoint.tensor(name).requireShape(shape);
  }

  /** {@code name.weight} of {@code out × in} and, if it shall have one, {@code name.bias}. */
  public PackedMatrix linear(String name, int out, int in, boolean bias) {
    return linear(name, out, in, bias, 0, out);
  }

  /** The output features {@code from} (included) to {@code to} (excluded) of such a layer. */
  PackedMatrix linear(String name, int out, int in, boolean bias, int from, int to) {
    Tensor weights = tensor(name + ".weight", out, in);
    Tensor offsets = bias ? tensor(name + ".bias", out) : null;
    return pack(weights, offsets, in, from, to);
  }

  private PackedMatrix pack(Tensor weights, @Nullable Tensor offsets, int in, int from, int to) {
    int rows = to - from;
    MemoryNeed.requireMatrix(rows, in, format, weights.file());
    FloatSource bias = offsets == null ? null : part(offsets, from);
    WeightMemory memory = store.memory(weights.name() + "[" + from + ":" + to + "]");
    if (QuantizedTensor.isQuantized(weights)) {
      QuantizedTensor integers = quantized(weights);
      return kernels.pack(
          memory, rows, in, (row, target) -> integers.read(from + row, target), bias);
    }
    return kernels.pack(memory, rows, in, format, rows(weights, from, in, memory), bias);
  }

  private QuantizedTensor quantized(Tensor weights) {
    taken.add(QuantizedTensor.scaleName(weights.name()));
    return QuantizedTensor.of(weights, checkpoint);
  }

  /**
   * A linear layer of {@code out × in} cut into layers of {@code step} output features each, the
   * last one smaller, which the workers pack side by side.
   *
   * @param weight name of the weight
   * @param bias name of the bias, or null if there is none
   */
  public List<PackedMatrix> slices(
      String weight, @Nullable String bias, int out, int in, int step, WorkerPool pool) {
    Tensor weights = tensor(weight, out, in);
    MemoryNeed.requireMatrix(out, in, format, weights.file());
    Tensor offsets = bias == null ? null : tensor(bias, out);
    var packed = new PackedMatrix[Math.ceilDiv(out, step)];
    pool.run(
        packed.length,
        i -> packed[i] = pack(weights, offsets, in, i * step, Math.min(out, (i + 1) * step)));
    return List.of(packed);
  }

  /** A matrix from a row on; of one that changes, by what, unless nobody will read it. */
  private FloatSource rows(Tensor weights, int from, int in, WeightMemory memory) {
    return !memory.isFilled() && changed.get().get(weights.name()) instanceof ScaledWeights scaled
        ? scaled.from(from)
        : part(weights, (long) from * in);
  }

  private FloatSource part(Tensor tensor, long first) {
    return (from, count, target) ->
        changed
            .get()
            .getOrDefault(tensor.name(), tensor::readFloats)
            .read(first + from, count, target);
  }

  /** Makes a value when it is first asked for; for one thread. */
  private static final class Once<T> implements Supplier<T> {
    private final Supplier<T> make;
    private @Nullable T made;

    Once(Supplier<T> make) {
      this.make = make;
    }

    @Override
    public T get() {
      return made == null ? made = make.get() : made;
    }
  }

  /** {@code name.weight} of {@code size} and, if it shall have one, {@code name.bias}. */
  public LayerNorm norm(String name, int size, boolean bias, double epsilon) {
    return new LayerNorm(
        vector(name + ".weight", size),
        bias ? vector(name + ".bias", size) : null,
        (float) epsilon);
  }

  private Matrix vector(String name, int size) {
    Tensor tensor = tensor(name, size);
    WeightMemory memory = store.memory(name);
    Matrix row = Matrix.allocate(memory, 1, size);
    if (!memory.isFilled()) {
      part(tensor, 0).read(0, size, row.segment());
    }
    return row;
  }

  /** The names of the tensors that were read. */
  public Set<String> taken() {
    return Set.copyOf(taken);
  }

  Kernels kernels() {
    return kernels;
  }

  WeightStore store() {
    return store;
  }

  /** The names of the tensors that were not read. */
  Set<String> unusedTensors() {
    var rest = new TreeSet<>(checkpoint.names());
    rest.removeAll(taken);
    return rest;
  }
}
