package io.github.modernbert.encoder;

import com.sun.management.OperatingSystemMXBean;
import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.kernels.WeightFormat;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Compares the memory that weights would take with that of the machine, before any is allocated: a
 * forged file may describe terabytes that it does not hold.
 */
final class MemoryNeed {
  private static final double GIGABYTE = 1e9;

  /** So much of what the heap may grow to is not looked at more closely. */
  private static final double SMALL = 4 * GIGABYTE;

  private MemoryNeed() {}

  /**
   * Checks that the encoder of a model fits.
   *
   * @param narrowTable whether embeddings are kept as bfloat16
   * @throws ModelFileException if its weights need more memory than the machine has
   */
  static void requireEncoder(
      ModernBertConfig config, WeightFormat layers, boolean narrowTable, Path folder) {
    double hidden = config.hiddenSize();
    double layer = 4 * hidden * hidden + 3 * hidden * config.intermediateSize();
    double table = hidden * config.vocabSize();
    require(
        config.numHiddenLayers() * layer * bytes(layers)
            + table * bytes(narrowTable ? WeightFormat.BFLOAT16 : WeightFormat.FLOAT32),
        folder);
  }

  /**
   * Checks that a matrix fits.
   *
   * @throws ModelFileException if it needs more memory than the machine has
   */
  static void requireMatrix(long rows, long columns, WeightFormat format, Path file) {
    require((double) rows * columns * bytes(format), file);
  }

  private static int bytes(WeightFormat format) {
    return switch (format) {
      case FLOAT32 -> Float.BYTES;
      case BFLOAT16 -> Short.BYTES;
      case INT8 -> Byte.BYTES;
    };
  }

  private static void require(double bytes, Path file) {
    // The heap may have a quarter of the memory by default. To ask the machine takes a fresh JVM as
    // long as to map a model.
    if (bytes <= Math.min(Runtime.getRuntime().maxMemory(), SMALL)) {
      return;
    }
    double available = available();
    if (bytes > available) {
      throw new ModelFileException(
          file,
          String.format(
              Locale.ROOT,
              "its weights need %,.1f GB of memory, this machine has %,.1f GB",
              bytes / GIGABYTE,
              available / GIGABYTE));
    }
  }

  /** The memory of the machine or the container, in bytes. */
  private static double available() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }
}
