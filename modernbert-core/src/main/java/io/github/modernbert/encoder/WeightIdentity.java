package io.github.modernbert.encoder;

import io.github.modernbert.files.RegularFiles;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.WeightFormat;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.Tensor;
import io.github.modernbert.weights.TransformerFiles;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * The text that tells packed weights apart: whatever their bytes depend on. Of a checkpoint that is
 * the names, sizes and times of its files, the name, dtype and shape of each tensor, and the first
 * 4 KB of its data, which no two trainings leave the same: reading all of it would take as long as
 * packing it.
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
    var text = new StringJoiner("\n");
    text.add("byte order " + ByteOrder.nativeOrder());
    text.add(
        "layers " + kernels.layout(layers) + ", integers " + kernels.layout(WeightFormat.INT8));
    text.add("embeddings " + (narrowTable ? "bfloat16" : "float32"));
    for (Path file : checkpoint.files()) {
      try {
        text.add(
            String.format(
                Locale.ROOT,
                "file %s of %d bytes, %s",
                file.getFileName(),
                Files.size(file),
                Files.getLastModifiedTime(file)));
      } catch (IOException e) {
        throw RegularFiles.unreadable(file, e);
      }
    }
    text.add("tensors " + HexFormat.of().formatHex(digest(checkpoint)));
    text.add("config " + files.configJson());
    return text.toString();
  }

  private static byte[] digest(Checkpoint checkpoint) {
    MessageDigest digest = Digests.sha256();
    for (String name : checkpoint.names()) {
      Tensor tensor = checkpoint.tensor(name);
      digest.update(tensor.toString().getBytes(StandardCharsets.UTF_8));
      var sample = new byte[(int) Math.min(SAMPLE, tensor.byteSize())];
      tensor.readBytes(0, sample);
      digest.update(sample);
    }
    return digest.digest();
  }
}
