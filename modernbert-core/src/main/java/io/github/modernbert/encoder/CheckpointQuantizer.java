package io.github.modernbert.encoder;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.kernels.FloatSource;
import io.github.modernbert.kernels.QuantizedWeights;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.QuantizedTensor;
import io.github.modernbert.weights.SafetensorsWriter;
import io.github.modernbert.weights.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;

/** Writes checkpoints whose encoder has linear layers of 8-bit integers. */
public final class CheckpointQuantizer {
  private CheckpointQuantizer() {}

  /**
   * Writes a checkpoint to a file, with the integers that loading would make of it.
   *
   * @throws ModelFileException if a weight is missing, has another shape or dtype than the
   *     configuration asks for, or holds infinities or NaN
   */
  public static void write(Checkpoint source, ModernBertConfig config, Path target)
      throws IOException {
    Map<String, FloatSource> changed = EncoderWeights.equalized(config, source);
    try (var writer = SafetensorsWriter.create(target, source.metadata())) {
      for (String name : source.names()) {
        Tensor tensor = source.tensor(name);
        FloatSource values = changed.get(name);
        if (values == null) {
          writer.copy(tensor);
        } else if (tensor.shape().size() == 2) {
          quantize(tensor, values, writer);
        } else {
          writer.vector(name, vector(tensor, values));
        }
      }
      writer.finish();
    }
  }

  private static float[] vector(Tensor tensor, FloatSource values) {
    var vector = new float[Math.toIntExact(tensor.elementCount())];
    values.read(0, vector.length, MemorySegment.ofArray(vector));
    return vector;
  }

  private static void quantize(Tensor weight, FloatSource values, SafetensorsWriter writer)
      throws IOException {
    int rows = Math.toIntExact(weight.shape().getFirst());
    var integers = new byte[Math.toIntExact(weight.shape().getLast())];
    var weights = new QuantizedWeights(integers.length, values);
    var scales = new float[rows];
    writer.beginBytes(weight.name(), integers.length);
    for (int row = 0; row < rows; row++) {
      scales[row] = weights.read(row, integers);
      if (Float.isNaN(scales[row])) {
        throw new ModelFileException(
            weight.file(),
            "tensor '%s': row %d has infinities or NaN, which integers cannot express"
                .formatted(weight.name(), row));
      }
      writer.row(integers);
    }
    writer.begin(QuantizedTensor.scaleName(weight.name()), 1);
    for (float scale : scales) {
      writer.row(new float[] {scale});
    }
  }
}
