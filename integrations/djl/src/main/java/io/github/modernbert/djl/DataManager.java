package io.github.modernbert.djl;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Makes and frees arrays that hold data. What would compute, {@link BaseNDManager} refuses. */
abstract class DataManager extends BaseNDManager {
  private DataManager(@Nullable NDManager parent, Device device) {
    super(parent, device);
  }

  /** The manager of all others and of arrays without one; it is never closed. */
  static DataManager root() {
    return Root.INSTANCE;
  }

  /**
   * The manager that {@link ai.djl.ndarray.NDArrayAdapter} takes arrays to for computing. There is
   * none: it says so, and what to use instead.
   */
  static DataManager computing() {
    return None.INSTANCE;
  }

  @Override
  public final ByteBuffer allocateDirect(int capacity) {
    return ByteBuffer.allocateDirect(capacity).order(ByteOrder.nativeOrder());
  }

  @Override
  public @Nullable NDArray from(@Nullable NDArray array) {
    if (array == null || array instanceof DataArray) {
      return array;
    }
    NDArray copy = create(array.toByteBuffer(), array.getShape(), array.getDataType());
    copy.setName(array.getName());
    return copy;
  }

  @Override
  public final NDArray create(Buffer data, Shape shape, DataType type) {
    if (type == DataType.STRING) {
      throw new UnsupportedOperationException("arrays of strings are not supported");
    }
    int elements = Math.toIntExact(shape.size());
    Buffer source = data.duplicate();
    if (source instanceof ByteBuffer bytes) {
      bytes.order(ByteOrder.nativeOrder());
    }
    validateBuffer(source, type, elements);
    ByteBuffer copy =
        ByteBuffer.allocate(Math.multiplyExact(elements, type.getNumOfBytes()))
            .order(ByteOrder.nativeOrder());
    copyBuffer(source, copy);
    return new DataArray(this, copy, shape, type);
  }

  @Override
  public final NDManager newSubManager(Device device) {
    if (!device.equals(Device.cpu())) {
      throw new UnsupportedOperationException(
          "the engine %s computes on the CPU only, found device %s"
              .formatted(ModernBertEngine.ENGINE_NAME, device));
    }
    var manager = new Scope(this, device);
    attachUncappedInternal(manager.uid, manager);
    return manager;
  }

  @Override
  public final Engine getEngine() {
    return ModernBertEngine.INSTANCE;
  }

  private static final class Scope extends DataManager {
    Scope(NDManager parent, Device device) {
      super(parent, device);
    }
  }

  private static final class None extends DataManager {
    static final DataManager INSTANCE = new None();

    None() {
      super(null, Device.cpu());
    }

    @Override
    public NDArray from(@Nullable NDArray array) {
      throw new UnsupportedOperationException(
          "arrays of the engine %s hold data and do not compute; %s makes results of texts"
              .formatted(
                  ModernBertEngine.ENGINE_NAME, ModernBertTranslatorFactory.class.getSimpleName()));
    }
  }

  private static final class Root extends DataManager implements NDManager.SystemNDManager {
    static final DataManager INSTANCE = new Root();

    Root() {
      super(null, Device.cpu());
    }

    @Override
    public void close() {}
  }
}
