package io.github.modernbert;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Packed weights that are kept in a folder. */
class CacheFolderTest {
  private static final String TEXT = "Where is the bakery?";

  @TempDir private Path temporary;

  /** A model of its own for each test: what changes in it must not change another's. */
  private Path model() throws IOException {
    Path target = temporary.resolve("model");
    try (InputStream names = resource("FILES")) {
      for (String name :
          new String(names.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        Path copy = target.resolve(name);
        Files.createDirectories(copy.getParent());
        try (InputStream file = resource(name)) {
          Files.copy(file, copy);
        }
      }
    }
    return target;
  }

  /** A file of the bundled model. */
  private static InputStream resource(String name) {
    return requireNonNull(
        ClassLoader.getSystemResourceAsStream("META-INF/modernbert-mini/" + name));
  }

  private Path cache() {
    return temporary.resolve("cache");
  }

  private List<Path> kept() throws IOException {
    try (Stream<Path> files = Files.list(cache())) {
      return files.sorted().toList();
    }
  }

  private static float[] vector(Path model, LoadOptions options) {
    try (var embedder = TextEmbedder.load(model, options)) {
      return embedder.embed(TEXT);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, FLOAT32, AUTO",
    "FLOAT32, BFLOAT16, AUTO",
    "INT8, FLOAT32, AUTO",
    "FLOAT32, FLOAT32, PORTABLE",
    "INT8, BFLOAT16, PORTABLE",
    "FLOAT32, FLOAT32, VECTOR"
  })
  void bitsAreTheSame(Precision precision, WeightType weights, KernelChoice kernels)
      throws IOException {
    Path model = model();
    LoadOptions options =
        LoadOptions.defaults().precision(precision).weights(weights).kernels(kernels);
    float[] wanted = vector(model, options);
    Path file = Models.prepare(model, cache(), options);
    assertEquals(List.of(file), kept());
    FileTime written = Files.getLastModifiedTime(file);
    LoadOptions keeping = options.cacheFolder(cache());
    assertArrayEquals(wanted, vector(model, keeping));
    assertEquals(List.of(file), kept());
    assertEquals(written, Files.getLastModifiedTime(file));
  }

  @Test
  void whatIsKeptIsUsed() throws IOException {
    Path model = model();
    LoadOptions keeping = LoadOptions.defaults().cacheFolder(cache());
    float[] wanted = vector(model, keeping);
    // Behind what is read of a tensor to tell models apart.
    Path weights = model.resolve("model.safetensors");
    FileTime time = Files.getLastModifiedTime(weights);
    byte[] bytes = Files.readAllBytes(weights);
    int header = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    Matcher tensor =
        Pattern.compile("mlp.Wi.weight[^}]*data_offsets\":\\[(\\d+),(\\d+)")
            .matcher(new String(bytes, 8, header, StandardCharsets.UTF_8));
    assertTrue(tensor.find());
    int end = 8 + header + Integer.parseInt(tensor.group(2));
    for (int i = 8 + header + Integer.parseInt(tensor.group(1)) + 4096; i < end; i++) {
      bytes[i] ^= 1;
    }
    Files.write(weights, bytes);
    Files.setLastModifiedTime(weights, time);
    assertArrayEquals(wanted, vector(model, keeping));
    assertFalse(Arrays.equals(wanted, vector(model, LoadOptions.defaults())));
  }

  @Test
  void eachWayToKeepWeightsHasAFile() throws IOException {
    Path model = model();
    LoadOptions keeping = LoadOptions.defaults().cacheFolder(cache());
    vector(model, keeping);
    vector(model, keeping.threads(1).tokenBudget(64));
    assertEquals(1, kept().size());
    vector(model, keeping.weights(WeightType.BFLOAT16));
    vector(model, keeping.precision(Precision.INT8));
    vector(model, keeping.layers(1));
    assertEquals(4, kept().size());
  }

  @Test
  void anotherModelHasAnotherFile() throws IOException {
    Path model = model();
    LoadOptions keeping = LoadOptions.defaults().cacheFolder(cache());
    float[] before = vector(model, keeping);
    Path weights = model.resolve("model.safetensors");
    FileTime time = Files.getLastModifiedTime(weights);
    byte[] bytes = Files.readAllBytes(weights);
    // The first bytes of the first tensor, behind the header.
    int first = 8 + (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    for (int i = first; i < bytes.length; i += 64) {
      bytes[i] ^= 1;
    }
    Files.write(weights, bytes);
    Files.setLastModifiedTime(weights, time);
    float[] after = vector(model, keeping);
    assertArrayEquals(vector(model, LoadOptions.defaults()), after);
    assertFalse(Arrays.equals(before, after));
    assertEquals(2, kept().size());
    Files.setLastModifiedTime(weights, FileTime.fromMillis(time.toMillis() + 10_000));
    vector(model, keeping);
    assertEquals(3, kept().size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"empty", "header", "index", "weights", "cut", "longer", "version"})
  void damagedFilesAreMadeAgain(String damage) throws IOException {
    Path model = model();
    LoadOptions keeping = LoadOptions.defaults().cacheFolder(cache());
    float[] wanted = vector(model, keeping);
    Path file = kept().getFirst();
    byte[] sound = Files.readAllBytes(file);
    try (var open = new RandomAccessFile(file.toFile(), "rw")) {
      switch (damage) {
        case "empty" -> open.setLength(0);
        case "header" -> open.write('X');
        case "version" -> {
          open.seek(8);
          open.writeInt(Integer.MAX_VALUE);
        }
        case "index" -> {
          open.seek(80);
          open.write('X');
        }
        case "weights" -> {
          open.seek(sound.length / 2);
          int value = open.read();
          open.seek(open.getFilePointer() - 1);
          open.write(value ^ 1);
        }
        case "cut" -> open.setLength(sound.length - 1);
        default -> open.setLength(sound.length + 1L);
      }
    }
    assertNotEquals(-1, Files.mismatch(file, Files.write(temporary.resolve("sound"), sound)));
    try (var log = new LogCapture()) {
      assertArrayEquals(wanted, vector(model, keeping));
      assertEquals(1, log.warnings().size(), () -> log.warnings().toString());
      assertTrue(log.warnings().getFirst().contains(file.toString()));
    }
    assertArrayEquals(sound, Files.readAllBytes(file));
    assertEquals(List.of(file), kept());
  }

  @Test
  void writersAtTheSameTimeDoNoHarm() throws Exception {
    Path model = model();
    LoadOptions keeping = LoadOptions.defaults().threads(1).cacheFolder(cache());
    float[] wanted = vector(model, LoadOptions.defaults());
    try (var threads = Executors.newFixedThreadPool(4)) {
      Callable<float[]> load = () -> vector(model, keeping);
      var results = new ArrayList<Future<float[]>>();
      for (int i = 0; i < 8; i++) {
        results.add(threads.submit(load));
      }
      for (Future<float[]> result : results) {
        assertArrayEquals(wanted, result.get());
      }
    }
    assertEquals(1, kept().size());
  }

  @Test
  void aFolderThatCannotBeWrittenToIsNoError() throws IOException {
    Path model = model();
    // A file where the folder should be: unlike permissions it stops an administrator too.
    Path file = Files.writeString(temporary.resolve("file"), "");
    LoadOptions keeping = LoadOptions.defaults().cacheFolder(file);
    try (var log = new LogCapture()) {
      assertArrayEquals(vector(model, LoadOptions.defaults()), vector(model, keeping));
      assertEquals(1, log.warnings().size());
    }
    assertThrows(IOException.class, () -> Models.prepare(model, file, LoadOptions.defaults()));
  }

  @Test
  void theBundledModelIsNotKept() throws IOException {
    Files.createDirectories(cache());
    try (var embedder = TextEmbedder.bundled(LoadOptions.defaults().cacheFolder(cache()))) {
      assertTrue(embedder.dimension() > 0);
    }
    assertEquals(List.of(), kept());
  }
}
