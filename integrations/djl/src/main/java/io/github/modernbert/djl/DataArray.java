package io.github.modernbert.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrayAdapter;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** An array that holds data. What would compute, {@link NDArrayAdapter} refuses. */
final class DataArray extends NDArrayAdapter {
  private ByteBuffer data;

  /**
   * @param data its elements in the order of the machine; kept, not copied
   */
  DataArray(NDManager manager, ByteBuffer data, Shape shape, DataType type) {
    super(manager, DataManager.computing(), shape, type, NDManager.nextUid());
    this.data = data;
    manager.attachInternal(getUid(), this);
  }

  @Override
  public ByteBuffer toByteBuffer(boolean tryDirect) {
    if (isClosed) {
      throw new IllegalStateException("the array has been closed");
    }
    return data.duplicate().order(ByteOrder.nativeOrder()).rewind();
  }

  @Override
  public void intern(NDArray replaced) {
    data = replaced.toByteBuffer(false);
    replaced.close();
  }

  /** Not as the superclass does it, which would then compute with the manager's own arrays. */
  @Override
  public void attach(NDManager other) {
    detach();
    manager = other;
    other.attachInternal(getUid(), this);
  }

  @Override
  public void detach() {
    manager.detachInternal(getUid());
    manager = DataManager.root();
  }

  /**
   * A description from shape, device and data type; the superclass would compute to show its
   * elements.
   */
  @Override
  public String toString() {
    return isClosed
        ? "closed array"
        : "ND: %s %s %s".formatted(getShape(), getDevice(), getDataType());
  }
}
