package io.github.modernbert;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.files.RegularFiles;
import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.vectors.VectorRows;
import io.github.modernbert.vectors.VectorTensors;
import io.github.modernbert.weights.DType;
import io.github.modernbert.weights.NpyWriter;
import io.github.modernbert.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Saves vectors to files, and loads them: safetensors, and arrays of numpy ({@code .npy}). A file
 * appears, or is replaced, when it is complete.
 *
 * {@snippet file="io/github/modernbert/VectorSnippetsTest.java" region="files"}
 *
 * <p>What a file is, is told by its first bytes when it is read, and by the ending of its name when
 * it is written. Whatever is wrong with a file is a {@link ModelFileException} that names it and
 * the tensor or field.
 */
public final class VectorFiles {
  private static final String EMBEDDINGS = "embeddings";
  private static final String LENGTHS = "lengths";
  private static final String IDS = "ids";
  private static final String WEIGHTS = "weights";
  private static final String RANGES = "ranges";
  private static final String PRECISION = "precision";
  private static final String DIMENSION = "dimension";

  private VectorFiles() {}

  /**
   * Saves vectors as float32: a matrix with a row for each, in safetensors the tensor {@code
   * embeddings}.
   *
   * @param file ends in {@code .safetensors} or {@code .npy}
   * @throws IllegalArgumentException if an argument is null, or the file ends otherwise
   * @throws IOException if the file cannot be written
   * @throws CancellationException if the thread is interrupted; the flag stays set, and there is no
   *     such file
   */
  public static void save(Embeddings vectors, Path file) throws IOException {
    VectorRows rows = Arguments.notNull(vectors, "vectors").rows();
    save(IntStream.range(0, rows.size()).mapToObj(rows::row).iterator(), rows.dimension(), file);
  }

  /**
   * Saves vectors as they come, in the same form: memory does not grow with their number.
   *
   * @param vectors each of {@code dimension} floats, such as {@link TextEmbedder#embed(Stream,
   *     EmbedOptions)} gives them
   * @param dimension how many floats each has, at least 1
   * @param file ends in {@code .safetensors} or {@code .npy}
   * @throws IllegalArgumentException if an argument is null or not as said, or a vector has another
   *     length
   * @throws IOException if the file cannot be written
   * @throws CancellationException if the thread is interrupted; the flag stays set, and there is no
   *     such file
   */
  public static void save(Stream<Embedding> vectors, int dimension, Path file) throws IOException {
    Arguments.notNull(vectors, "vectors");
    Arguments.requirePositive("dimension", dimension);
    save(vectors.map(Embedding::vector).iterator(), dimension, file);
  }

  private static void save(Iterator<float[]> rows, int dimension, Path file) throws IOException {
    write(file, () -> write(rows, dimension, file));
  }

  /** An attempt to write a file. */
  @FunctionalInterface
  private interface Attempt {
    void run() throws IOException;
  }

  private static void write(Path file, Attempt attempt) throws IOException {
    try {
      attempt.run();
    } catch (ClosedByInterruptException e) {
      var cancelled = new CancellationException("interrupted while " + file + " was written");
      cancelled.initCause(e);
      throw cancelled;
    } catch (IOException e) {
      throw RegularFiles.unwritable(file, e);
    }
  }

  private static void write(Iterator<float[]> rows, int dimension, Path file) throws IOException {
    if (isNpy(file)) {
      try (var writer = new NpyWriter(file, DType.F32, dimension)) {
        while (rows.hasNext()) {
          writer.row(rows.next());
        }
        writer.finish();
      }
    } else {
      try (var writer = SafetensorsWriter.create(file, Map.of())) {
        writer.begin(EMBEDDINGS, dimension);
        while (rows.hasNext()) {
          writer.row(rows.next());
        }
        writer.finish();
      }
    }
  }

  private static boolean isNpy(Path file) {
    String name = Arguments.onDisk(file, "file").toString().toLowerCase(Locale.ROOT);
    if (!name.endsWith(".npy") && !name.endsWith(".safetensors")) {
      throw new IllegalArgumentException(
          file + ": expected a name that ends in .safetensors or .npy");
    }
    return name.endsWith(".npy");
  }

  private static Path requireSafetensors(Path file) {
    if (isNpy(file)) {
      throw new IllegalArgumentException(file + ": expected a name that ends in .safetensors");
    }
    return file;
  }

  /**
   * Loads vectors into memory: a matrix of F32, F16, BF16 or F64, which are rounded to float32. In
   * safetensors it is the tensor {@code embeddings}, or the only one.
   *
   * @throws IllegalArgumentException if the file is null
   * @throws ModelFileException if the file cannot be used
   */
  public static Embeddings load(Path file) {
    try (var tensors = VectorTensors.open(Arguments.onDisk(file, "file"))) {
      return Embeddings.of(tensors.read(EMBEDDINGS));
    }
  }

  /**
   * Opens vectors where they lie: the file is mapped, and read by the operating system when vectors
   * are asked for, so millions of them take no memory of the heap. The file must not be changed
   * while the vectors are used; it is unmapped when they are garbage.
   *
   * @throws IllegalArgumentException if the file is null
   * @throws ModelFileException if the file cannot be used; later too, from any use of the vectors,
   *     if it is shortened meanwhile
   */
  public static Embeddings map(Path file) {
    return Embeddings.of(VectorTensors.open(Arguments.onDisk(file, "file")).map(EMBEDDINGS));
  }

  /**
   * Saves vectors of tokens, of many texts in one file: the tensor {@code embeddings} has all
   * vectors, {@code lengths} says how many of them each text has.
   *
   * @param texts vectors of one model; texts without any are kept
   * @param file ends in {@code .safetensors}
   * @throws IllegalArgumentException if an argument or a text is null, there are no vectors at all,
   *     they differ in dimension, or the file ends otherwise
   * @throws IOException if the file cannot be written
   * @throws CancellationException if the thread is interrupted; the flag stays set, and there is no
   *     such file
   */
  public static void saveTokens(List<TokenEmbeddings> texts, Path file) throws IOException {
    write(file, () -> writeTokens(texts, file));
  }

  private static void writeTokens(List<TokenEmbeddings> texts, Path file) throws IOException {
    List<TokenEmbeddings> all = Arguments.elements(texts, "texts");
    int dimension =
        all.stream()
            .filter(text -> text.size() > 0)
            .findFirst()
            .orElseThrow(() ->
                new IllegalArgumentException("texts: expected at least one vector, found none"))
            .row(0)
            .length;
    try (var writer = SafetensorsWriter.create(requireSafetensors(file), Map.of())) {
      writer.begin(EMBEDDINGS, dimension);
      for (TokenEmbeddings text : all) {
        for (int t = 0; t < text.size(); t++) {
          writer.row(text.row(t));
        }
      }
      writer.vector(LENGTHS, all.stream().mapToLong(TokenEmbeddings::size).toArray());
      writer.finish();
    }
  }

  /**
   * Loads vectors of tokens that {@link #saveTokens} saved.
   *
   * @throws IllegalArgumentException if the file is null
   * @throws ModelFileException if the file cannot be used
   */
  public static List<TokenEmbeddings> loadTokens(Path file) {
    var texts = new ArrayList<TokenEmbeddings>();
    try (var tensors = VectorTensors.open(Arguments.onDisk(file, "file"))) {
      float[][] rows = tensors.floats(EMBEDDINGS);
      for (int[] range : tensors.ranges(LENGTHS, rows.length)) {
        texts.add(TokenEmbeddings.of(Arrays.copyOfRange(rows, range[0], range[1])));
      }
    }
    return List.copyOf(texts);
  }

  /**
   * Saves sparse vectors: the tensors {@code ids} and {@code weights} have all of them one after
   * the other, ids ascending in each, {@code lengths} says how many each vector has.
   *
   * @param file ends in {@code .safetensors}
   * @throws IllegalArgumentException if an argument or a vector is null, or the file ends otherwise
   * @throws IOException if the file cannot be written
   * @throws CancellationException if the thread is interrupted; the flag stays set, and there is no
   *     such file
   */
  public static void saveSparse(List<SparseEmbedding> vectors, Path file) throws IOException {
    write(file, () -> writeSparse(vectors, file));
  }

  private static void writeSparse(List<SparseEmbedding> vectors, Path file) throws IOException {
    List<SparseEmbedding> all = Arguments.elements(vectors, "vectors");
    try (var writer = SafetensorsWriter.create(requireSafetensors(file), Map.of())) {
      var weights = new float[all.stream().mapToInt(SparseEmbedding::size).sum()];
      int end = 0;
      for (SparseEmbedding vector : all) {
        System.arraycopy(vector.values(), 0, weights, end, vector.size());
        end += vector.size();
      }
      writer.vector(WEIGHTS, weights);
      writer.vector(
          IDS,
          all.stream()
              .flatMapToInt(vector -> Arrays.stream(vector.ids()))
              .asLongStream()
              .toArray());
      writer.vector(LENGTHS, all.stream().mapToLong(SparseEmbedding::size).toArray());
      writer.finish();
    }
  }

  /**
   * Loads sparse vectors that {@link #saveSparse} saved.
   *
   * @throws IllegalArgumentException if the file is null
   * @throws ModelFileException if the file cannot be used
   */
  public static List<SparseEmbedding> loadSparse(Path file) {
    var vectors = new ArrayList<SparseEmbedding>();
    try (var tensors = VectorTensors.open(Arguments.onDisk(file, "file"))) {
      float[] weights = tensors.floatVector(WEIGHTS);
      int[] ids = tensors.ints(IDS);
      tensors.require(IDS, ids.length == weights.length, "as many as weights, " + weights.length);
      for (int[] range : tensors.ranges(LENGTHS, ids.length)) {
        float[] own = Arrays.copyOfRange(weights, range[0], range[1]);
        int[] ownIds = Arrays.copyOfRange(ids, range[0], range[1]);
        vectors.add(tensors.fromFile(() -> SparseEmbedding.of(ownIds, own)));
      }
    }
    return List.copyOf(vectors);
  }

  /**
   * Saves quantized vectors: a matrix of signed or unsigned bytes. In safetensors, whose tensor
   * {@code embeddings} it is, precision, dimension and ranges are saved as well; in {@code .npy}
   * the bytes alone.
   *
   * @param file ends in {@code .safetensors} or {@code .npy}
   * @throws IllegalArgumentException if an argument is null, or the file ends otherwise
   * @throws IOException if the file cannot be written
   * @throws CancellationException if the thread is interrupted; the flag stays set, and there is no
   *     such file
   */
  public static void saveQuantized(QuantizedEmbeddings vectors, Path file) throws IOException {
    write(file, () -> writeQuantized(vectors, file));
  }

  private static void writeQuantized(QuantizedEmbeddings vectors, Path file) throws IOException {
    VectorPrecision precision = Arguments.notNull(vectors, "vectors").precision();
    int columns = precision.bytes(vectors.dimension());
    if (isNpy(file)) {
      DType dtype = precision.isSigned() ? DType.I8 : DType.U8;
      try (var writer = new NpyWriter(file, dtype, columns)) {
        for (int i = 0; i < vectors.size(); i++) {
          writer.row(vectors.row(i));
        }
        writer.finish();
      }
      return;
    }
    Map<String, String> metadata =
        Map.of(PRECISION, precision.key(), DIMENSION, String.valueOf(vectors.dimension()));
    try (var writer = SafetensorsWriter.create(file, metadata)) {
      if (precision.isSigned()) {
        writer.beginBytes(EMBEDDINGS, columns);
      } else {
        writer.beginUnsignedBytes(EMBEDDINGS, columns);
      }
      for (int i = 0; i < vectors.size(); i++) {
        writer.row(vectors.row(i));
      }
      if (vectors.ranges().isPresent()) {
        writer.begin(RANGES, vectors.dimension());
        writer.row(vectors.ranges().get().minimums());
        writer.row(vectors.ranges().get().maximums());
      }
      writer.finish();
    }
  }

  /**
   * Loads quantized vectors that {@link #saveQuantized} saved as safetensors.
   *
   * @throws IllegalArgumentException if the file is null
   * @throws ModelFileException if the file cannot be used
   */
  public static QuantizedEmbeddings loadQuantized(Path file) {
    try (var tensors = VectorTensors.open(Arguments.onDisk(file, "file"))) {
      return tensors.fromFile(() -> {
        VectorPrecision precision = VectorPrecision.of(tensors.metadata(PRECISION));
        byte[][] rows = tensors.bytes(EMBEDDINGS, precision.isSigned() ? DType.I8 : DType.U8);
        int dimension = tensors.number(DIMENSION);
        var vectors = QuantizedEmbeddings.of(rows, precision, dimension);
        if (!tensors.has(RANGES)) {
          return vectors;
        }
        float[][] ranges = tensors.floats(RANGES);
        tensors.require(RANGES, ranges.length == 2, "two rows, minimums and maximums");
        return vectors.withRanges(QuantizationRanges.of(ranges[0], ranges[1]));
      });
    }
  }

  /**
   * Loads the rows of a matrix of signed or unsigned bytes, such as quantized vectors that were
   * saved by numpy; see {@link QuantizedEmbeddings#of(byte[][], VectorPrecision, int)}.
   *
   * @throws IllegalArgumentException if the file is null
   * @throws ModelFileException if the file cannot be used
   */
  public static byte[][] loadBytes(Path file) {
    try (var tensors = VectorTensors.open(Arguments.onDisk(file, "file"))) {
      return tensors.bytes(EMBEDDINGS, DType.I8, DType.U8);
    }
  }
}
