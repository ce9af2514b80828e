package io.github.modernbert.weights;

import io.github.modernbert.files.ModelFileException;
import java.util.Locale;

/**
 * A weight of 8-bit integers, as {@code compressed-tensors} stores it: {@code name.weight} of dtype
 * I8 and shape [out, in], and {@code name.weight_scale} of shape [out, 1], what the integers of
 * each row are multiplied with.
 *
 * {@snippet :
 * Tensor weight = checkpoint.tensor("layers.0.attn.Wo.weight");
 * if (QuantizedTensor.isQuantized(weight)) {
 *   var integers = new byte[768];
 *   float scale = QuantizedTensor.of(weight, checkpoint).read(0, integers);
 * }
 * }
 *
 * <p>Safe for use by several threads while the checkpoint is open.
 */
public final class QuantizedTensor {
  private static final String SCALE = "_scale";
  private static final String ZERO_POINT = "_zero_point";

  private final Tensor weight;
  private final float[] scales;

  private QuantizedTensor(Tensor weight, float[] scales) {
    this.weight = weight;
    this.scales = scales;
  }

  /** Whether a tensor holds integers that need scales. */
  public static boolean isQuantized(Tensor tensor) {
    return tensor.dtype() == DType.I8;
  }

  /** The name of the tensor of scales that belongs to a weight. */
  public static String scaleName(String weight) {
    return weight + SCALE;
  }

  /**
   * A weight and its scales.
   *
   * @param weight of dtype I8 and shape [out, in]
   * @param checkpoint where the scales are
   * @throws ModelFileException if the weight has another shape; if there are no scales, or they
   *     have another shape, are not floats, or one is not finite or below 0; or if there are zero
   *     points, too
   */
  public static QuantizedTensor of(Tensor weight, Checkpoint checkpoint) {
    Tensor scale =
        checkpoint
            .find(scaleName(weight.name()))
            .orElseThrow(() ->
                error(
                    weight, "is I8, but its scales, '%s', are missing", scaleName(weight.name())));
    if (checkpoint.find(weight.name() + ZERO_POINT).isPresent()) {
      throw error(weight, "expected integers that are symmetric, found zero points");
    }
    if (weight.shape().size() != 2) {
      throw error(weight, "expected integers of shape [out, in], found shape %s", weight.shape());
    }
    float[] scales = scale.requireShape(weight.shape().getFirst(), 1).toFloats();
    for (int row = 0; row < scales.length; row++) {
      if (!(scales[row] >= 0 && scales[row] <= Float.MAX_VALUE)) {
        throw error(scale, "expected finite scales from 0, found %s in row %d", scales[row], row);
      }
    }
    return new QuantizedTensor(weight, scales);
  }

  /**
   * Reads a row.
   *
   * @param target receives its integers, from −127 to 127; as long as the row
   * @return what they are multiplied with
   * @throws ModelFileException if the row holds −128, or the file was shortened meanwhile
   * @throws IllegalStateException if the checkpoint is closed, before or meanwhile
   */
  public float read(int row, byte[] target) {
    weight.readBytes((long) row * target.length, target);
    for (int column = 0; column < target.length; column++) {
      if (target[column] == Byte.MIN_VALUE) {
        throw error(
            weight, "expected integers from -127 to 127, found -128 at [%d, %d]", row, column);
      }
    }
    return scales[row];
  }

  private static ModelFileException error(Tensor tensor, String problem, Object... values) {
    return new ModelFileException(
        tensor.file(),
        "tensor '%s': %s".formatted(tensor.name(), String.format(Locale.ROOT, problem, values)));
  }
}
