package io.github.modernbert.weights.pytorch;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A tensor of a file of PyTorch: a view of a mapped storage, checked to lie inside it.
 *
 * @param name its key in the state dict
 * @param dtype the type of the elements
 * @param shape the dimensions, outermost first, each at least 0
 * @param strides the distance of neighbours along each dimension in elements, each at least 0
 * @param storage the bytes from the first element on, little endian; read-only
 */
public record TorchTensor(
    String name, TorchDtype dtype, long[] shape, long[] strides, MemorySegment storage) {
  private static final int MAX_DIMENSIONS = 64;

  /**
   * Checks a tensor against its storage.
   *
   * @param storage all of its bytes
   * @throws io.github.modernbert.files.ModelFileException if an element lies outside, or there are
   *     more elements than the storage has, as in a tensor that repeats some
   */
  static TorchTensor of(
      String name, PickleValue.Tensor tensor, MemorySegment storage, FileBytes bytes) {
    long[] shape = tensor.shape();
    long[] strides = tensor.strides();
    long available = storage.byteSize() / tensor.dtype().bytes();
    if (shape.length != strides.length || shape.length > MAX_DIMENSIONS) {
      throw bytes.error(
          "tensor '%s': %s dimensions and %s strides"
              .formatted(name, shape.length, strides.length));
    }
    if (!fits(shape, strides, tensor.offset(), available)) {
      throw bytes.error(
          "tensor '%s': shape %s, strides %s, offset %s do not fit into a storage of %s elements"
              .formatted(
                  name,
                  Arrays.toString(shape),
                  Arrays.toString(strides),
                  tensor.offset(),
                  available));
    }
    return new TorchTensor(
        name,
        tensor.dtype(),
        shape,
        strides,
        storage.asSlice(Math.min(tensor.offset(), available) * tensor.dtype().bytes()));
  }

  private static boolean fits(long[] shape, long[] strides, long offset, long available) {
    if (offset < 0) {
      return false;
    }
    long elements = 1;
    long last = offset;
    try {
      for (int i = 0; i < shape.length; i++) {
        if (shape[i] < 0 || strides[i] < 0) {
          return false;
        }
        elements = Math.multiplyExact(elements, shape[i]);
        last = Math.addExact(last, Math.multiplyExact(Math.max(shape[i] - 1, 0), strides[i]));
      }
    } catch (ArithmeticException e) {
      return false;
    }
    return elements == 0 || last < available && elements <= available;
  }
}
