package io.github.modernbert.weights;

import io.github.modernbert.files.ModelFileException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tensors of a checkpoint: one safetensors file or several shards with an index, memory-mapped.
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
  private static final String SINGLE_FILE = "model.safetensors";
  private static final String INDEX_FILE = "model.safetensors.index.json";

  private final Path path;
  private final Arena arena;
  private final List<SafetensorsFile> files = new ArrayList<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  private Checkpoint(Path path, Arena arena) {
    this.path = path;
    this.arena = arena;
  }

  /**
   * Opens a safetensors file, the {@code .index.json} of a sharded checkpoint, or a folder that
   * holds {@code model.safetensors} or, in its absence, {@code model.safetensors.index.json}.
   *
   * @throws ModelFileException if a file is missing, unreadable or breaks a rule of the format, or
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
      return checkpoint;
    } catch (Throwable e) {
      arena.close();
      throw e;
    }
  }

  private static Path weightsFile(Path folder) {
    for (String name : List.of(SINGLE_FILE, INDEX_FILE)) {
      if (Files.exists(folder.resolve(name))) {
        return folder.resolve(name);
      }
    }
    String found =
        Files.exists(folder.resolve("pytorch_model.bin"))
            ? "; pytorch_model.bin is there, convert it to safetensors, for example with"
                + " save_pretrained of transformers"
            : "";
    throw new ModelFileException(
        folder, "holds neither " + SINGLE_FILE + " nor " + INDEX_FILE + found);
  }

  private SafetensorsFile add(Path file) {
    SafetensorsFile opened = SafetensorsFile.open(file, arena);
    files.add(opened);
    for (HeaderEntry entry : opened.header().tensors()) {
      Tensor earlier = tensors.put(entry.name(), new Tensor(this, opened, entry));
      if (earlier != null) {
        throw new ModelFileException(
            path,
            "tensor '%s' stands twice: in %s and in %s"
                .formatted(entry.name(), earlier.file().getFileName(), file.getFileName()));
      }
    }
    return opened;
  }

  private void addShards(ShardIndex index) {
    Map<String, Path> shards = new LinkedHashMap<>();
    for (String name : new LinkedHashSet<>(index.weightMap().values())) {
      Path shard = index.shard(name);
      if (!Files.exists(shard)) {
        throw new ModelFileException(index.file(), "shard '" + name + "' is missing");
      }
      shards.put(name, shard);
      add(shard);
    }
    index
        .weightMap()
        .forEach((tensor, shard) -> {
          Tensor found = tensors.get(tensor);
          if (found == null || !found.file().equals(shards.get(shard))) {
            throw new ModelFileException(
                index.file(),
                "tensor '%s' is not in shard '%s'%s"
                    .formatted(
                        tensor,
                        shard,
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
    return files.stream().map(SafetensorsFile::path).toList();
  }

  /** The names of all tensors, in the order of their data; shards in the order of the index. */
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  /**
   * The {@code __metadata__} of the file; of several shards together, where the first one that has
   * a key counts.
   */
  public Map<String, String> metadata() {
    Map<String, String> all = new LinkedHashMap<>();
    for (SafetensorsFile file : files) {
      Map<String, String> own = file.header().metadata();
      if (own != null) {
        own.forEach(all::putIfAbsent);
      }
    }
    return Collections.unmodifiableMap(all);
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

  /**
   * Unmaps the files. Does nothing the second time.
   *
   * @throws IllegalStateException if another thread is just writing a {@link Tensor#segment} to a
   *     channel; the checkpoint then stays open
   */
  @Override
  public synchronized void close() {
    if (isOpen()) {
      arena.close();
    }
  }
}
