package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vectors in files and back. */
final class VectorFilesTest {
  private static final float[][] ROWS = {{1, -2.5f, Float.NaN}, {0, Float.MIN_VALUE, -0f}};

  @TempDir private Path folder;

  @Test
  void vectorsComeBackWithTheSameBits() throws IOException {
    for (String name : List.of("v.npy", "v.safetensors", "V.NPY")) {
      Path file = folder.resolve(name);
      VectorFiles.save(Embeddings.of(ROWS), file);
      for (Embeddings read : List.of(VectorFiles.load(file), VectorFiles.map(file))) {
        assertArrayEquals(ROWS, read.toArray(), name);
        assertEquals(3, read.dimension());
        assertEquals(0, read.tokens(1));
        assertThrows(IndexOutOfBoundsException.class, () -> read.vector(2));
      }
    }
    Path none = folder.resolve("none.npy");
    VectorFiles.save(Embeddings.of(new float[0], 4), none);
    assertEquals(0, VectorFiles.load(none).size());
    assertEquals(4, VectorFiles.map(none).dimension());
  }

  @Test
  void vectorsAreSavedAsTheyCome() throws IOException {
    for (String name : List.of("stream.npy", "stream.safetensors")) {
      Path file = folder.resolve(name);
      VectorFiles.save(Embeddings.of(ROWS).asList().stream(), 3, file);
      assertArrayEquals(ROWS, VectorFiles.load(file).toArray(), name);
      var wrong = List.of(new Embedding(new float[2], 1, false)).stream();
      assertThrows(IllegalArgumentException.class, () -> VectorFiles.save(wrong, 3, file));
      assertArrayEquals(ROWS, VectorFiles.load(file).toArray(), "is left as it was");
    }
  }

  @Test
  void mappedVectorsAreSearchedWithTheSameBits() throws IOException {
    var rows = new float[1100][5];
    for (int i = 0; i < rows.length; i++) {
      rows[i][i % 5] = i;
      rows[i][(i + 1) % 5] = i % 7;
    }
    Path file = folder.resolve("many.safetensors");
    Embeddings own = Embeddings.of(rows);
    VectorFiles.save(own, file);
    Embeddings mapped = VectorFiles.map(file);
    float[] query = {1, 2, 3, 4, 5};
    assertEquals(Similarity.topK(query, own, 20), Similarity.topK(query, mapped, 20));
    List<Similarity.Hit> searched =
        Similarity.semanticSearch(
                Embeddings.of(new float[][] {{9, 9, 9, 9, 9}, query}),
                mapped,
                20,
                CompareOptions.defaults().threads(3))
            .get(1);
    assertEquals(Similarity.topK(query, own, 20), searched);
  }

  @Test
  void vectorsOfTokensComeBackAndAreScored() throws IOException {
    Path model = Golden.project().resolve("src-test-data/golden-extra/multi-vector/native");
    Path file = folder.resolve("documents.safetensors");
    try (var colBert = ColBert.load(model)) {
      List<String> texts = List.of("Bread is sold here.", "A dog barks.");
      List<TokenEmbeddings> documents = colBert.encodeDocuments(texts, ColBertOptions.defaults());
      VectorFiles.saveTokens(documents, file);
      List<TokenEmbeddings> read = VectorFiles.loadTokens(file);
      TokenEmbeddings query = colBert.encodeQuery("bread");
      assertEquals(2, read.size());
      assertEquals(colBert.rank("bread", texts, 2), colBert.rank(query, read, 2));
      for (int i = 0; i < 2; i++) {
        assertEquals(
            colBert.similarity(query, documents.get(i)), colBert.similarity(query, read.get(i)));
        assertEquals("", read.get(i).token(0));
        assertEquals(-1, read.get(i).start(0));
      }
      TokenEmbeddings narrow = TokenEmbeddings.of(new float[][] {{1, 2}});
      assertThrows(IllegalArgumentException.class, () -> colBert.similarity(query, narrow));
      assertEquals(0f, colBert.similarity(query, TokenEmbeddings.of(new float[0][])));
    }
  }

  @Test
  void sparseVectorsComeBack() throws IOException {
    Path file = folder.resolve("sparse.safetensors");
    List<SparseEmbedding> vectors =
        List.of(
            SparseEmbedding.of(new int[] {7, 3}, new float[] {0.5f, 2}),
            SparseEmbedding.of(new int[0], new float[0]),
            SparseEmbedding.of(new int[] {3}, new float[] {4}));
    VectorFiles.saveSparse(vectors, file);
    List<SparseEmbedding> read = VectorFiles.loadSparse(file);
    assertEquals(vectors, read);
    assertArrayEquals(new int[] {3, 7}, read.getFirst().ids());
    assertEquals(8f, Similarity.dot(read.get(0), read.get(2)));
  }

  @Test
  void quantizedVectorsComeBack() throws IOException {
    Embeddings vectors = Embeddings.of(new float[][] {{1, -2, 3}, {0, 5, -1}});
    for (VectorPrecision precision : VectorPrecision.values()) {
      QuantizedEmbeddings quantized = QuantizedEmbeddings.of(vectors, precision);
      Path file = folder.resolve(precision.key() + ".safetensors");
      VectorFiles.saveQuantized(quantized, file);
      QuantizedEmbeddings read = VectorFiles.loadQuantized(file);
      assertEquals(precision, read.precision());
      assertEquals(quantized.ranges(), read.ranges());
      assertEquals(3, read.dimension());
      Path npy = folder.resolve(precision.key() + ".npy");
      VectorFiles.saveQuantized(quantized, npy);
      for (int i = 0; i < 2; i++) {
        assertArrayEquals(quantized.bytes(i), read.bytes(i));
        assertArrayEquals(quantized.bytes(i), VectorFiles.loadBytes(npy)[i]);
        assertArrayEquals(quantized.dequantize(i), read.dequantize(i));
      }
    }
  }

  @Test
  void filesThatCannotBeUsedAreNamed() throws IOException {
    assertRefused("missing.npy", "file not found");
    write("short.npy", "\u0093NUMPY\u0001");
    assertRefused("short.npy", "7 bytes long");
    write("version.npy", "\u0093NUMPY\u0009\u0000\u0002\u0000{}");
    assertRefused("version.npy", "format version: expected 1, 2 or 3, found 9");
    npy("descr.npy", "{'descr': '>f4', 'fortran_order': False, 'shape': (1, 1), }", 4);
    assertRefused("descr.npy", "descr: expected one of [<f2, <f4, <f8, |i1, |u1], found '>f4'");
    npy("pickle.npy", "{'descr': '|O', 'fortran_order': False, 'shape': (1, 1), }", 4);
    assertRefused("pickle.npy", "found '|O'");
    npy("records.npy", "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", 4);
    assertRefused("records.npy", "header: expected a dictionary");
    npy("missing-key.npy", "{'descr': '<f4', 'shape': (1, 1), }", 4);
    assertRefused("missing-key.npy", "key 'fortran_order' is missing");
    npy("size.npy", "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 20);
    assertRefused("size.npy", "shape: [2, 3] of '<f4' takes 24 bytes, the file holds 20");
    String huge = "4611686018427387904";
    npy("huge.npy", "{'descr': '<f4', 'fortran_order': False, 'shape': (%s, 2), }", 8, huge);
    assertRefused("huge.npy", "shape: too large");
    npy("digits.npy", "{'descr': '<f4', 'fortran_order': False, 'shape': (%s, 2), }", 8, huge + 9);
    assertRefused("digits.npy", "shape: too large");
    npy("empty.npy", "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, 0), }", 0, 1L << 40);
    assertRefused("empty.npy", "columns: expected from 1 to");
    npy("no-columns.npy", "{'descr': '<f4', 'fortran_order': False, 'shape': (9, 0), }", 0);
    assertRefused("no-columns.npy", "columns: expected from 1 to");
    npy("one.npy", "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 8);
    assertRefused("one.npy", "expected a matrix of a row for each vector, found shape [2]");
    npy("bytes.npy", "{'descr': '|i1', 'fortran_order': False, 'shape': (1, 8), }", 8);
    assertRefused("bytes.npy", "expected dtype F32, F16, BF16 or F64, found I8");
    assertRefused(".", "is a folder");
    Path two = folder.resolve("two.safetensors");
    try (var writer = SafetensorsWriter.create(two, Map.of())) {
      writer.begin("a", 1);
      writer.begin("b", 1);
      writer.finish();
    }
    assertRefused("two.safetensors", "tensor 'embeddings' is missing; there are 2 others");
  }

  @Test
  void lengthsThatDoNotFitAreNamed() throws IOException {
    for (long[] lengths : new long[][] {{1, 2}, {3, -1}, {Long.MAX_VALUE, 2}, {1}}) {
      Path file = folder.resolve("tokens.safetensors");
      try (var writer = SafetensorsWriter.create(file, Map.of())) {
        writer.begin("embeddings", 2);
        writer.row(new float[] {1, 2});
        writer.row(new float[] {1, 2});
        writer.vector("lengths", lengths);
        writer.finish();
      }
      var e = assertThrows(ModelFileException.class, () -> VectorFiles.loadTokens(file));
      assertTrue(String.valueOf(e.getMessage()).contains("tensor 'lengths'"), e.getMessage());
    }
    Path file = folder.resolve("sparse.safetensors");
    try (var writer = SafetensorsWriter.create(file, Map.of())) {
      writer.vector("weights", new float[] {1, Float.NaN});
      writer.vector("ids", new long[] {1, 2});
      writer.vector("lengths", new long[] {2});
      writer.finish();
    }
    var e = assertThrows(ModelFileException.class, () -> VectorFiles.loadSparse(file));
    assertTrue(String.valueOf(e.getMessage()).contains("weights[1]"), e.getMessage());
  }

  @Test
  void filesOfNumpyAreRead() {
    Path top = Golden.project().resolve("src-test-data/golden-extra/vectors/numpy");
    float[][] expected = {{1, -2, 3}, {0, 127, 5}};
    for (String name :
        List.of("float32", "float16", "float64", "columns", "version2", "version3")) {
      Path file = top.resolve(name + ".npy");
      assertArrayEquals(expected, VectorFiles.load(file).toArray(), name);
      assertArrayEquals(expected, VectorFiles.map(file).toArray(), name);
    }
    assertArrayEquals(
        new byte[][] {{1, -2, 3}, {0, 127, 5}}, VectorFiles.loadBytes(top.resolve("int8.npy")));
    assertArrayEquals(
        new byte[][] {{1, 2, 3}, {0, 127, 5}}, VectorFiles.loadBytes(top.resolve("uint8.npy")));
  }

  @Test
  void namesThatSayNoFormatAreRefused() {
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> VectorFiles.save(Embeddings.of(ROWS), folder.resolve("vectors.bin")));
    assertTrue(String.valueOf(e.getMessage()).contains(".safetensors or .npy"), e.getMessage());
  }

  private void assertRefused(String name, String part) {
    Path file = folder.resolve(name);
    for (boolean maps : new boolean[] {false, true}) {
      var e =
          assertThrows(
              ModelFileException.class,
              () -> {
                Embeddings read = maps ? VectorFiles.map(file) : VectorFiles.load(file);
                throw new AssertionError(read.size());
              },
              name);
      String message = String.valueOf(e.getMessage());
      assertTrue(message.contains(file.getFileName().toString()), message);
      assertTrue(message.contains(part), message);
    }
  }

  private void write(String name, String latin1) throws IOException {
    Files.write(folder.resolve(name), latin1.getBytes(StandardCharsets.ISO_8859_1));
  }

  private Path npy(String name, String header, int bytes, Object... values) throws IOException {
    String text = header.formatted(values) + "\n";
    write(
        name,
        "\u0093NUMPY\u0001\u0000"
            + (char) (text.length() & 0xFF)
            + (char) (text.length() >> 8)
            + text
            + "\u0000".repeat(bytes));
    return folder.resolve(name);
  }
}
