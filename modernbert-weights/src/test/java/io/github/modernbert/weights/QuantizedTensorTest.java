package io.github.modernbert.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantizedTensorTest {
  @TempDir Path folder;

  /** A file of the weight {@code w}, four bytes of I8, and its two scales, 0.5 and 2. */
  private Path file(String shape, String scaleShape, int... weight) throws IOException {
    String header =
        """
        {"w":{"dtype":"I8","shape":[%s],"data_offsets":[0,%d]},\
        "w_scale":{"dtype":"F32","shape":[%s],"data_offsets":[%2$d,%d]}}\
        """
            .formatted(shape, weight.length, scaleShape, weight.length + 8);
    var data = new byte[weight.length + 8];
    for (int i = 0; i < weight.length; i++) {
      data[i] = (byte) weight[i];
    }
    data[weight.length + 3] = 0x3f;
    data[weight.length + 7] = 0x40;
    return TestFiles.safetensors(folder.resolve("model.safetensors"), header, data);
  }

  @Test
  void rowsHaveTheirScales() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(file("2, 2", "2, 1", 1, -127, 3, 127))) {
      QuantizedTensor weight = QuantizedTensor.of(checkpoint.tensor("w"), checkpoint);
      var row = new byte[2];
      assertEquals(0.5f, weight.read(0, row));
      assertArrayEquals(new byte[] {1, -127}, row);
      assertEquals(2f, weight.read(1, row));
      assertArrayEquals(new byte[] {3, 127}, row);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | 2, 1 | 1 | 'w' | found shape []",
        "4 | 2, 1 | 4 | 'w' | found shape [4]",
        "1, 2, 2 | 2, 1 | 4 | 'w' | found shape [1, 2, 2]",
        "2, 2 | 2 | 4 | 'w_scale' | found [2]",
        "4, 1 | 2, 1 | 4 | 'w_scale' | found [2, 1]",
      })
  void otherShapesAreRefused(
      String shape, String scaleShape, int bytes, String tensor, String problem)
      throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(file(shape, scaleShape, new int[bytes]))) {
      Tensor weight = checkpoint.tensor("w");
      Refusal.of(
          () -> QuantizedTensor.of(weight, checkpoint), "model.safetensors", tensor, problem);
    }
  }

  @Test
  void theLeastIntegerIsRefused() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(file("2, 2", "2, 1", 1, 2, 3, -128))) {
      QuantizedTensor weight = QuantizedTensor.of(checkpoint.tensor("w"), checkpoint);
      weight.read(0, new byte[2]);
      Refusal.of(() -> weight.read(1, new byte[2]), "'w'", "-128 at [1, 1]");
    }
  }
}
