package io.github.modernbert.encoder;

import io.github.modernbert.files.RegularFiles;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.WeightFormat;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.Tensor;
import io.github.modernbert.weights.TransformerFiles;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

/**
 * The text that tells packed weights apart: whatever their bytes depend on. Of a checkpoint that is
 * the names, sizes and times of its files, the name, dtype and shape of each tensor, and the
 * checksum of the first 4 KB of its data, which no two trainings leave the same: reading all of it
 * would take as long as packing it.
 */
final class WeightIdentity {
  private static final int SAMPLE = 4096;

  private WeightIdentity() {}

  static String of(
      TransformerFiles files,
      Checkpoint checkpoint,
      Kernels kernels,
      WeightFormat layers,
      boolean narrowTable) {
    var text = new StringBuilder();
    text.append("byte order ").append(ByteOrder.nativeOrder());
    text.append("\nlayers ").append(kernels.layout(layers));
    text.append(", integers ").append(kernels.layout(WeightFormat.INT8));
    text.append("\nembeddings ").append(narrowTable ? "bfloat16" : "float32");
    for (Path file : checkpoint.files()) {
      try {
        text.append("\nfile ").append(file.getFileName());
        text.append(" of ").append(Files.size(file)).append(" bytes, ");
        text.append(Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS)).append(" ns");
      } catch (IOException e) {
        throw RegularFiles.unreadable(file, e);
      }
    }
    for (String name : checkpoint.names()) {
      Tensor tensor = checkpoint.tensor(name);
      var sample = new byte[(int) Math.min(SAMPLE, tensor.byteSize())];
      tensor.readBytes(0, sample);
      var sum = new CRC32C();
      sum.update(sample);
      text.append("\ntensor ").append(tensor).append(' ').append(sum.getValue());
    }
    return text.append("\nconfig ").append(files.configJson()).toString();
  }
}
