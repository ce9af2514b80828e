package io.github.modernbert.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Files that torch.save wrote hold the same tensors as the safetensors files beside them. */
class PyTorchFilesTest {
  private static final Map<String, String> REFUSED =
      Map.of(
          "whole-module", "'torch.nn.modules.container.Sequential'",
          "epoch", "'epoch' is the integer 3, expected a tensor",
          "nested", "'model' is a dictionary",
          "list", "holds a list, expected a dictionary",
          "expanded", "tensor 'w': shape [1048576], strides [0]",
          "sparse", "'torch._utils._rebuild_sparse_tensor'",
          "key", "expected a name, found the integer 0");

  @TempDir Path folder;

  private static Path golden() {
    return Golden.project().resolve("src-test-data/golden-extra/pytorch");
  }

  private static List<Path> files(String pattern) throws IOException {
    List<Path> files = new ArrayList<>();
    try (var found = Files.newDirectoryStream(golden(), pattern)) {
      found.forEach(files::add);
    }
    return files;
  }

  @TestFactory
  List<DynamicTest> tensors() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path expected : files("*.safetensors")) {
      String name = expected.getFileName().toString().replace(".safetensors", "");
      for (Path file : files(name + ".*.bin")) {
        tests.add(dynamicTest(file.getFileName().toString(), () -> compare(expected, file)));
      }
    }
    Golden.report("files of PyTorch", tests.size());
    return tests;
  }

  private static void compare(Path expectedFile, Path file) {
    try (Checkpoint expected = Checkpoint.open(expectedFile);
        Checkpoint found = Checkpoint.open(file)) {
      assertEquals(expected.names(), new HashSet<>(found.names()));
      assertEquals(Map.of(), found.metadata());
      for (String name : expected.names()) {
        Tensor truth = expected.tensor(name);
        Tensor tensor = found.tensor(name);
        assertEquals(truth.toString(), tensor.toString());
        assertEquals(truth.elementCount(), tensor.elementCount(), name);
        assertArrayEquals(bytes(truth, 0), bytes(tensor, 0), name);
        if (truth.byteSize() > 5) {
          assertArrayEquals(bytes(truth, 5), bytes(tensor, 5), name);
        }
        if (truth.dtype().isFloat()) {
          assertArrayEquals(truth.toFloats(), tensor.toFloats(), name);
          compareRange(truth, tensor);
        }
      }
    }
  }

  private static byte[] bytes(Tensor tensor, int from) {
    var bytes = new byte[(int) tensor.byteSize() - from];
    tensor.readBytes(from, bytes);
    return bytes;
  }

  private static void compareRange(Tensor truth, Tensor tensor) {
    int from = (int) truth.elementCount() / 3;
    int count = (int) truth.elementCount() / 2;
    var floats = new float[count];
    tensor.readFloats(from, count, MemorySegment.ofArray(floats));
    assertArrayEquals(Arrays.copyOfRange(truth.toFloats(), from, from + count), floats);
  }

  /** A matrix larger than the blocks in which tensors are read. */
  @Test
  void largeTransposed() throws IOException {
    int rows = 300;
    int columns = 200;
    var bytes = ByteBuffer.allocate(rows * columns * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < rows * columns; i++) {
      bytes.putFloat(i);
    }
    Path file =
        new PickleWriter()
            .tensor("w", rows * columns, 0, new long[] {columns, rows}, new long[] {1, columns})
            .storage(bytes.array())
            .writeTo(folder.resolve("pytorch_model.bin"));
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      float[] transposed = checkpoint.tensor("w").requireShape(columns, rows).toFloats();
      for (int c = 0; c < columns; c++) {
        for (int r = 0; r < rows; r++) {
          assertEquals(r * columns + c, transposed[c * rows + r]);
        }
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> refusals() throws IOException {
    List<Path> files = files("refused.*.bin");
    assertEquals(REFUSED.size(), files.size());
    return files.stream()
        .map(file -> {
          String name = file.getFileName().toString().split("\\.")[1];
          String problem = Objects.requireNonNull(REFUSED.get(name));
          return dynamicTest(
              name, () -> Refusal.of(() -> Checkpoint.open(file), file + ": ", problem));
        });
  }

  @Test
  void folders() throws IOException {
    Path sharded = golden().resolve("sharded");
    try (Checkpoint shards = Checkpoint.open(sharded);
        Checkpoint whole = Checkpoint.open(golden().resolve("module.safetensors"))) {
      assertEquals(new HashSet<>(whole.names()), new HashSet<>(shards.names()));
      assertEquals(2, shards.files().size());
      for (String name : whole.names()) {
        assertArrayEquals(whole.tensor(name).toFloats(), shards.tensor(name).toFloats());
      }
    }
    Files.copy(golden().resolve("module.zip.bin"), folder.resolve("pytorch_model.bin"));
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertEquals(4, checkpoint.names().size());
    }
    TestFiles.zeros(folder.resolve("model.safetensors"), "preferred", DType.F32, 1);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertEquals(List.of("preferred"), List.copyOf(checkpoint.names()));
    }
  }

  @Test
  void truncationsAreRefused() throws IOException {
    for (String name : List.of("module.zip.bin", "module.legacy.bin")) {
      byte[] whole = Files.readAllBytes(golden().resolve(name));
      Path file = folder.resolve(name);
      for (int length = 0; length < whole.length; length += 5) {
        Files.write(file, Arrays.copyOf(whole, length));
        Refusal.of(() -> Checkpoint.open(file), file + ": ");
      }
    }
  }

  /** Anything but tensors that can be read or a ModelFileException fails the test. */
  @Test
  void mutationsNeverBreakTheReader() throws IOException {
    var random = new SplittableRandom(11);
    int accepted = 0;
    int refused = 0;
    for (String name : List.of("tensors.zip.bin", "tensors.protocol4.bin", "tensors.legacy.bin")) {
      byte[] whole = Files.readAllBytes(golden().resolve(name));
      Path file = folder.resolve(name);
      for (int i = 0; i < 400; i++) {
        byte[] mutant = whole.clone();
        for (int flips = random.nextInt(1, 6); flips > 0; flips--) {
          mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
        }
        Files.write(file, mutant);
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
          checkpoint.names().forEach(each -> bytes(checkpoint.tensor(each), 0));
          accepted++;
        } catch (ModelFileException e) {
          assertTrue(Objects.requireNonNull(e.getMessage()).startsWith(file + ": "));
          refused++;
        }
      }
    }
    assertTrue(accepted > 100 && refused > 100, accepted + " accepted, " + refused + " refused");
  }
}
