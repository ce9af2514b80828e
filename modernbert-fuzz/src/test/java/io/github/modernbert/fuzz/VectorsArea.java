package io.github.modernbert.fuzz;

import io.github.modernbert.Embeddings;
import io.github.modernbert.QuantizedEmbeddings;
import io.github.modernbert.SparseEmbedding;
import io.github.modernbert.TokenEmbeddings;
import io.github.modernbert.VectorFiles;
import io.github.modernbert.VectorPrecision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;

/** Files of vectors of all kinds. */
final class VectorsArea implements Area {
  private final List<Kind> kinds =
      List.of(
          new Kind("v.npy", file -> VectorFiles.save(vectors(), file), VectorsArea::load),
          new Kind("v.safetensors", file -> VectorFiles.save(vectors(), file), VectorsArea::load),
          new Kind(
              "tokens.safetensors",
              file -> VectorFiles.saveTokens(List.of(tokens(), tokens()), file),
              VectorFiles::loadTokens),
          new Kind(
              "sparse.safetensors",
              file -> VectorFiles.saveSparse(List.of(sparse(), sparse()), file),
              VectorFiles::loadSparse),
          new Kind(
              "int8.safetensors",
              file -> VectorFiles.saveQuantized(quantized(VectorPrecision.INT8), file),
              VectorFiles::loadQuantized),
          new Kind(
              "ubinary.safetensors",
              file -> VectorFiles.saveQuantized(quantized(VectorPrecision.UBINARY), file),
              VectorFiles::loadQuantized),
          new Kind(
              "int8.npy",
              file -> VectorFiles.saveQuantized(quantized(VectorPrecision.INT8), file),
              VectorFiles::loadBytes));

  private Path folder = Path.of("");

  /** A kind of file: how a valid one is written, and how it is read. */
  private record Kind(String name, FileUse save, FileUse load) {}

  @FunctionalInterface
  private interface FileUse {
    void run(Path file) throws IOException;
  }

  private static Embeddings vectors() {
    return Embeddings.of(new float[][] {{1, -2, 3, 0.5f}, {0, 1, 0, -1}, {2, 2, 2, 2}});
  }

  private static TokenEmbeddings tokens() {
    return TokenEmbeddings.of(vectors().toArray());
  }

  private static SparseEmbedding sparse() {
    return SparseEmbedding.of(new int[] {3, 1, 700}, new float[] {1, 2.5f, 0.25f});
  }

  private static QuantizedEmbeddings quantized(VectorPrecision precision) {
    return QuantizedEmbeddings.of(vectors(), precision);
  }

  private static void load(Path file) {
    VectorFiles.load(file).toArray();
  }

  @Override
  public String name() {
    return "vectors";
  }

  @Override
  public void prepare(Path own) throws IOException {
    folder = own;
    for (Kind kind : kinds) {
      kind.save.run(folder.resolve(kind.name));
    }
  }

  @Override
  public Input input(RandomGenerator random) {
    Kind kind = kinds.get(random.nextInt(kinds.size()));
    byte[] bytes = changed(kind, random);
    return new Input(
        kind.name,
        bytes,
        () -> {
          Path file = folder.resolve("changed-" + kind.name);
          Files.write(file, bytes);
          kind.load.run(file);
        });
  }

  private byte[] changed(Kind kind, RandomGenerator random) {
    try {
      byte[] bytes = Files.readAllBytes(folder.resolve(kind.name));
      return kind.name.endsWith(".npy")
          ? ByteMutations.of(bytes, random)
          : SafetensorsMutations.of(bytes, random);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
