package io.github.modernbert.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Token ids as DJL has them: {@code input_ids}, batch × tokens, padded, and an {@code
 * attention_mask} that tells which are padding.
 *
 * @param tokens the length of all sequences with their padding
 * @param starts where each sequence begins, after padding on its left
 * @param sequences the ids without padding
 */
record TokenBatch(int tokens, List<Integer> starts, List<int[]> sequences) {
  static final List<String> NAMES = List.of("input_ids", "attention_mask");

  static TokenBatch of(NDList inputs) {
    if (inputs.isEmpty() || inputs.size() > NAMES.size()) {
      throw new IllegalArgumentException(
          "expected the arrays %s, the second one if there is padding, found %d arrays"
              .formatted(NAMES, inputs.size()));
    }
    NDArray ids = input(inputs, 0);
    NDArray mask = inputs.size() == 1 ? null : input(inputs, 1);
    if (mask != null && !mask.getShape().equals(ids.getShape())) {
      throw new IllegalArgumentException(
          "input_ids and attention_mask must be of one shape, found %s and %s"
              .formatted(ids.getShape(), mask.getShape()));
    }
    int rows = Math.toIntExact(ids.getShape().get(0));
    int tokens = Math.toIntExact(ids.getShape().get(1));
    return read(rows, tokens, integers(ids), mask == null ? null : integers(mask));
  }

  private static TokenBatch read(int rows, int tokens, long[] ids, long @Nullable [] mask) {
    var starts = new ArrayList<Integer>();
    var sequences = new ArrayList<int[]>();
    for (int row = 0; row < rows; row++) {
      int from = row * tokens;
      int to = from + tokens;
      int start = from;
      int end = to;
      if (mask != null) {
        while (start < to && mask[start] == 0) {
          start++;
        }
        end = start;
        while (end < to && mask[end] == 1) {
          end++;
        }
        if (start == to || !Arrays.stream(mask, end, to).allMatch(m -> m == 0)) {
          throw new IllegalArgumentException(
              "attention_mask, row %d: expected ones with zeros before or after them, found %s"
                  .formatted(row, Arrays.toString(Arrays.copyOfRange(mask, from, to))));
        }
      }
      starts.add(start - from);
      sequences.add(Arrays.stream(ids, start, end).mapToInt(TokenBatch::id).toArray());
    }
    return new TokenBatch(tokens, starts, sequences);
  }

  private static int id(long value) {
    if (value != (int) value) {
      throw new IllegalArgumentException("input_ids: there is no token " + value);
    }
    return (int) value;
  }

  /** By name if the first one has one, else by position. */
  private static NDArray input(NDList inputs, int index) {
    String name = NAMES.get(index);
    @Nullable NDArray array =
        inputs.head().getName() == null ? inputs.get(index) : inputs.get(name);
    if (array == null) {
      throw new IllegalArgumentException(
          "expected an array named %s, found %s"
              .formatted(name, inputs.stream().map(NDArray::getName).toList()));
    }
    DataType type = array.getDataType();
    if (array.getShape().dimension() != 2 || (type != DataType.INT64 && type != DataType.INT32)) {
      throw new IllegalArgumentException(
          "%s: expected INT64 or INT32 of batch x tokens, found %s of %s"
              .formatted(name, type, array.getShape()));
    }
    return array;
  }

  private static long[] integers(NDArray array) {
    return array.getDataType() == DataType.INT64
        ? array.toLongArray()
        : Arrays.stream(array.toIntArray()).asLongStream().toArray();
  }

  /** The hidden states of the sequences as one array, with zeros for padding. */
  NDArray toArray(List<float[][]> states, int hiddenSize, DataManager manager) {
    Shape shape = new Shape(sequences.size(), tokens, hiddenSize);
    int bytes = Math.toIntExact(Math.multiplyExact(shape.size(), Float.BYTES));
    ByteBuffer data = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    FloatBuffer floats = data.asFloatBuffer();
    for (int row = 0; row < sequences.size(); row++) {
      floats.position((row * tokens + starts.get(row)) * hiddenSize);
      for (float[] token : states.get(row)) {
        floats.put(token);
      }
    }
    return new DataArray(manager, data, shape, DataType.FLOAT32);
  }
}
