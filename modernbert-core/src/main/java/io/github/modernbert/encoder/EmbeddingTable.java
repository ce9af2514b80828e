package io.github.modernbert.encoder;

import io.github.modernbert.kernels.BFloat16;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.WeightMemory;
import io.github.modernbert.weights.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The token embeddings, row after row, as float32 or bfloat16. */
sealed interface EmbeddingTable {
  /** Reads a tensor of vocabulary × hidden size. */
  static EmbeddingTable of(
      WeightMemory memory, Tensor tensor, int hiddenSize, boolean bfloat16, Kernels kernels) {
    return bfloat16
        ? new BFloats(memory, tensor, hiddenSize, kernels)
        : new Floats(memory, tensor, hiddenSize);
  }

  /** Copies the embedding of a token to a row. */
  void copyRow(int id, Matrix target, int row);

  /** A table of float32. */
  final class Floats implements EmbeddingTable {
    private static final int ALIGNMENT = 64;

    private final MemorySegment rows;
    private final long rowBytes;

    private Floats(WeightMemory memory, Tensor tensor, int hiddenSize) {
      rowBytes = (long) hiddenSize * Float.BYTES;
      rows = memory.allocate(tensor.elementCount() * Float.BYTES, ALIGNMENT);
      if (!memory.isFilled()) {
        tensor.readFloats(rows);
      }
    }

    @Override
    public void copyRow(int id, Matrix target, int row) {
      target.setRow(row, rows, id * rowBytes);
    }
  }

  /** A table of bfloat16, the upper halves of float32. */
  final class BFloats implements EmbeddingTable {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;
    private static final int BLOCK = 1 << 14;

    private final MemorySegment rows;
    private final int hiddenSize;

    /**
     * Rounds a tensor block by block, so that little more memory is needed than the result takes.
     */
    private BFloats(WeightMemory memory, Tensor tensor, int hiddenSize, Kernels kernels) {
      this.hiddenSize = hiddenSize;
      long count = tensor.elementCount();
      rows = memory.allocate(SHORT, count);
      if (memory.isFilled()) {
        return;
      }
      var wide = new float[BLOCK];
      for (long done = 0; done < count; done += BLOCK) {
        int length = (int) Math.min(BLOCK, count - done);
        tensor.readFloats(done, length, MemorySegment.ofArray(wide));
        kernels.narrow(wide, length, rows.asSlice(done * Short.BYTES));
      }
    }

    @Override
    public void copyRow(int id, Matrix target, int row) {
      var wide = new float[hiddenSize];
      long first = (long) id * hiddenSize;
      for (int c = 0; c < hiddenSize; c++) {
        wide[c] = BFloat16.toFloat(rows.getAtIndex(SHORT, first + c));
      }
      target.setRow(row, wide);
    }
  }
}
