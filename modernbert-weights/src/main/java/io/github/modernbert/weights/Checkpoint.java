package io.github.modernbert.weights;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.files.RegularFiles;
import io.github.modernbert.weights.pytorch.TorchFile;
import io.github.modernbert.weights.pytorch.TorchTensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a checkpoint: one file of safetensors or PyTorch, or several shards with an index,
 * memory-mapped.
 *
 * {@snippet :
 * try (Checkpoint checkpoint = Checkpoint.open(Path.of("ModernBERT-base"))) {
 *   Tensor norm = checkpoint.tensor("model.final_norm.weight").requireShape(768);
 *   float[] weights = norm.toFloats();
 * }
 * }
 *
 * <p>Opening reads and checks the headers; the data is read by the operating system when it is
 * touched. Safe for use by several threads. {@link #close} unmaps at once: afterwards, and in reads
 * that run meanwhile in other threads, use is an {@link IllegalStateException}. As with every
 * mapped file, the files must not be shortened while they are open.
 */
public final class Checkpoint implements AutoCloseable {
  /** The names of the files of weights, in the order in which the reference prefers them. */
  private static final List<String> FILES =
      List.of(
          "model.safetensors",
          "model.safetensors.index.json",
          "pytorch_model.bin",
          "pytorch_model.bin.index.json");

  private static final int BEGINNING_BYTES = 16;

  private final Path path;
  private final Arena arena;
  private final List<Path> files = new ArrayList<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private @Nullable Path tooMuchMetadata;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  private Checkpoint(Path path, Arena arena) {
    this.path = path;
    this.arena = arena;
  }

  /**
   * Opens a safetensors file, a file of PyTorch, the {@code .index.json} of a sharded checkpoint,
   * or a folder that holds, in this order of preference, {@code model.safetensors}, {@code
   * model.safetensors.index.json}, {@code pytorch_model.bin} or {@code
   * pytorch_model.bin.index.json}. What a file is, is told by its first bytes.
   *
   * @throws ModelFileException if a file is missing, unreadable or breaks a rule of its format, or
   *     if index and shards do not agree
   */
  public static Checkpoint open(Path folderOrFile) {
    Path file = Files.isDirectory(folderOrFile) ? weightsFile(folderOrFile) : folderOrFile;
    Arena arena = Arena.ofShared();
    try {
      var checkpoint = new Checkpoint(folderOrFile, arena);
      if (file.toString().endsWith(".json")) {
        checkpoint.addShards(ShardIndex.read(file));
      } else {
        checkpoint.add(file);
      }
      checkpoint.removeWrappers();
      return checkpoint;
    } catch (Throwable e) {
      arena.close();
      throw e;
    }
  }

  /**
   * Opens a file of vectors: one that {@link #open} takes, or an array of numpy ({@code .npy}),
   * which is then the tensor {@code embeddings}.
   *
   * @throws ModelFileException if it is missing, no regular file, unreadable or breaks a rule of
   *     its format
   */
  public static Checkpoint openVectors(Path file) {
    if (!NpyFile.isNpy(beginning(file))) {
      return open(RegularFiles.require(file));
    }
    Arena arena = Arena.ofShared();
    try {
      var checkpoint = new Checkpoint(file, arena);
      checkpoint.files.add(file);
      NpyFile array = NpyFile.open(file, arena);
      checkpoint.add(
          new Tensor(checkpoint, file, "embeddings", array.dtype(), array.shape(), array.data()));
      return checkpoint;
    } catch (Throwable e) {
      arena.close();
      throw e;
    }
  }

  /** Opens a base model and merges an adapter; see {@link LoraAdapter}. */
  static Checkpoint openAdapted(Path base, Path adapterFile, LoraSettings settings, boolean tied) {
    Checkpoint checkpoint = open(base);
    try {
      var matrices = new Checkpoint(adapterFile, checkpoint.arena);
      matrices.add(adapterFile);
      checkpoint.files.addAll(matrices.files);
      LoraAdapter.merge(settings, matrices.tensors, checkpoint.tensors, tied);
      return checkpoint;
    } catch (Throwable e) {
      checkpoint.close();
      throw e;
    }
  }

  /** Whether a folder holds weights. */
  static boolean isIn(Path folder) {
    return FILES.stream().anyMatch(name -> RegularFiles.exists(folder.resolve(name)));
  }

  /** Whether the weights of a folder are in files of PyTorch. */
  public static boolean needsConversion(Path folder) {
    return isIn(folder) && weightsFile(folder).getFileName().toString().startsWith("pytorch");
  }

  private static Path weightsFile(Path folder) {
    for (String name : FILES) {
      if (RegularFiles.exists(folder.resolve(name))) {
        return folder.resolve(name);
      }
    }
    throw new ModelFileException(folder, "holds none of " + String.join(", ", FILES));
  }

  private void add(Path file) {
    files.add(file);
    if (TorchFile.isTorch(beginning(file))) {
      for (TorchTensor tensor : TorchFile.read(file, arena)) {
        add(torch(file, tensor));
      }
    } else {
      SafetensorsFile opened = SafetensorsFile.open(file, arena);
      for (HeaderEntry entry : opened.header().tensors()) {
        TensorData data = new TensorData.Contiguous(opened.bytes(entry));
        add(new Tensor(this, file, entry.name(), entry.dtype(), entry.shape(), data));
      }
      addMetadata(file, opened.header().metadata());
    }
  }

  private static byte[] beginning(Path file) {
    try (var channel = RegularFiles.openChannel(file)) {
      ByteBuffer beginning = ByteBuffer.allocate(BEGINNING_BYTES);
      int read = channel.read(beginning);
      return Arrays.copyOf(beginning.array(), Math.max(0, read));
    } catch (IOException e) {
      throw RegularFiles.unreadable(file, e);
    }
  }

  private void add(Tensor tensor) {
    Tensor earlier = tensors.put(tensor.name(), tensor);
    if (earlier != null) {
      throw new ModelFileException(
          path,
          "tensor '%s' stands twice: in %s and in %s"
              .formatted(tensor.name(), earlier.file().getFileName(), tensor.file().getFileName()));
    }
  }

  private void removeWrappers() {
    UnaryOperator<String> remover = WrapperNames.remover(tensors.keySet());
    List<Tensor> stored = List.copyOf(tensors.values());
    tensors.clear();
    stored.forEach(tensor -> add(tensor.withName(remover.apply(tensor.name()))));
  }

  private Tensor torch(Path file, TorchTensor tensor) {
    DType dtype =
        switch (tensor.dtype()) {
          case FLOAT32 -> DType.F32;
          case FLOAT64 -> DType.F64;
          case FLOAT16 -> DType.F16;
          case BFLOAT16 -> DType.BF16;
          case INT8 -> DType.I8;
          case UINT8 -> DType.U8;
          case INT16 -> DType.I16;
          case INT32 -> DType.I32;
          case INT64 -> DType.I64;
          case BOOL -> DType.BOOL;
          case COMPLEX64 -> DType.C64;
          case UINT16 -> DType.U16;
          case UINT32 -> DType.U32;
          case UINT64 -> DType.U64;
          case FLOAT8_E4M3FN -> DType.F8_E4M3;
          case FLOAT8_E5M2 -> DType.F8_E5M2;
        };
    int bytes = tensor.dtype().bytes();
    TensorData data = TensorData.of(tensor.storage(), bytes, tensor.shape(), tensor.strides());
    return new Tensor(this, file, tensor.name(), dtype, tensor.shape(), data);
  }

  private void addMetadata(Path file, SafetensorsHeader.Metadata own) {
    if (!own.complete()) {
      tooMuchMetadata = file;
    }
    if (own.texts() != null) {
      own.texts().forEach(metadata::putIfAbsent);
    }
  }

  private void addShards(ShardIndex index) {
    for (Path shard : new LinkedHashSet<>(index.shards().values())) {
      if (!RegularFiles.exists(shard)) {
        throw new ModelFileException(
            index.file(), "shard '" + shard.getFileName() + "' is missing");
      }
      add(shard);
    }
    index
        .shards()
        .forEach((tensor, shard) -> {
          Tensor found = tensors.get(tensor);
          if (found == null || !found.file().equals(shard)) {
            throw new ModelFileException(
                index.file(),
                "tensor '%s' is not in shard '%s'%s"
                    .formatted(
                        tensor,
                        shard.getFileName(),
                        found == null ? "" : " but in " + found.file().getFileName()));
          }
        });
  }

  /** The path that was given to {@link #open}. */
  public Path path() {
    return path;
  }

  /** The opened files. */
  public List<Path> files() {
    return Collections.unmodifiableList(files);
  }

  /**
   * The names of all tensors, in the order of their data; shards in the order of the index. What
   * {@code torch.compile} and {@code DataParallel} put before names is left out.
   */
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  /**
   * The {@code __metadata__} of a safetensors file; of several shards together, where the first one
   * that has a key counts.
   *
   * @throws ModelFileException if a file has so much of it that it was not kept
   */
  public Map<String, String> metadata() {
    if (tooMuchMetadata != null) {
      throw new ModelFileException(tooMuchMetadata, "__metadata__ is too long to be read");
    }
    return Collections.unmodifiableMap(metadata);
  }

  /**
   * The tensor of that name, if there is one.
   *
   * @throws IllegalStateException if the checkpoint is closed
   */
  public Optional<Tensor> find(String name) {
    requireOpen();
    return Optional.ofNullable(tensors.get(name));
  }

  /**
   * The tensor of that name.
   *
   * @throws ModelFileException if there is none
   * @throws IllegalStateException if the checkpoint is closed
   */
  public Tensor tensor(String name) {
    return find(name)
        .orElseThrow(() -> new ModelFileException(path, "tensor '" + name + "' is missing"));
  }

  /** Whether {@link #close} has not been called yet. */
  public boolean isOpen() {
    return arena.scope().isAlive();
  }

  void requireOpen() {
    if (!isOpen()) {
      throw new IllegalStateException("checkpoint " + path + " is closed");
    }
  }

  /** Unmaps the files. Does nothing the second time. */
  @Override
  public synchronized void close() {
    if (isOpen()) {
      arena.close();
    }
  }
}
