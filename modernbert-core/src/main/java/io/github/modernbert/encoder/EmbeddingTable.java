package io.github.modernbert.encoder;

import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.weights.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The token embeddings as float32, row after row. */
final class EmbeddingTable {
  private static final int ALIGNMENT = 64;

  private final MemorySegment rows;
  private final long rowBytes;

  EmbeddingTable(Arena arena, Tensor tensor, int hiddenSize) {
    rowBytes = (long) hiddenSize * Float.BYTES;
    rows = arena.allocate(tensor.elementCount() * Float.BYTES, ALIGNMENT);
    tensor.readFloats(rows);
  }

  /** Copies the embedding of a token to a row. */
  void copyRow(int id, Matrix target, int row) {
    target.setRow(row, rows, id * rowBytes);
  }

  long byteSize() {
    return rows.byteSize();
  }
}
