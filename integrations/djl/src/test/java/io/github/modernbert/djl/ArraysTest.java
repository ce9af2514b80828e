package io.github.modernbert.djl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.util.passthrough.PassthroughNDArray;
import ai.djl.util.passthrough.PassthroughNDManager;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Arrays hold data, belong to managers, and do not compute. */
final class ArraysTest {
  private final NDManager manager = Engine.getEngine("ModernBert").newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void holdsWhatItWasGiven() {
    assertArrayEquals(new float[] {1, 2}, manager.create(new float[] {1, 2}).toFloatArray());
    assertArrayEquals(new long[] {3, 4}, manager.create(new long[][] {{3}, {4}}).toLongArray());
    assertArrayEquals(new int[] {5}, manager.create(new int[] {5}).toIntArray());
    assertArrayEquals(new double[] {6}, manager.create(new double[] {6}).toDoubleArray());
    assertArrayEquals(new boolean[] {true}, manager.create(new boolean[] {true}).toBooleanArray());
    assertArrayEquals(new float[2], manager.zeros(new Shape(2)).toFloatArray());
    assertArrayEquals(new float[] {7}, manager.create(7f).toFloatArray());
    assertEquals(new Shape(2, 1), manager.create(new long[][] {{3}, {4}}).getShape());
    assertEquals(Device.cpu(), manager.create(1).getDevice());
    NDArray array = manager.create(new float[][] {{1, 2}});
    assertEquals("ND: (1, 2) cpu() float32", array.toString());
    assertEquals(array, manager.create(new float[][] {{1, 2}}));
    assertNotEquals(array, manager.create(new float[][] {{1, 3}}));
  }

  @Test
  void copiesBuffersAndLeavesThemAsTheyWere() {
    FloatBuffer floats = FloatBuffer.wrap(new float[] {1, 2, 3});
    NDArray array = manager.create(floats, new Shape(3));
    floats.put(0, 9);
    assertEquals(0, floats.position());
    assertArrayEquals(new float[] {1, 2, 3}, array.toFloatArray());
    ByteBuffer bytes = array.toByteBuffer();
    NDArray same = manager.create(bytes, new Shape(3), DataType.FLOAT32);
    assertArrayEquals(new float[] {1, 2, 3}, same.toFloatArray());
    assertArrayEquals(new float[] {1, 2, 3}, array.duplicate().toFloatArray());
    assertArrayEquals(new double[] {1, 2, 3}, array.toType(DataType.FLOAT64, true).toDoubleArray());
  }

  @Test
  void livesWithItsManager() {
    NDManager scope = manager.newSubManager();
    NDArray stays = scope.create(1f);
    NDArray moved = scope.create(2f);
    NDArray free = scope.create(3f);
    assertTrue(scope.getManagedArrays().contains(stays));
    moved.attach(manager);
    free.detach();
    scope.close();
    assertFalse(scope.isOpen());
    assertTrue(stays.isReleased());
    assertThrows(IllegalStateException.class, stays::toByteBuffer);
    assertArrayEquals(new float[] {2}, moved.toFloatArray());
    assertArrayEquals(new float[] {3}, free.toFloatArray());
    assertThrows(IllegalStateException.class, () -> scope.create(1f));
    free.close();
  }

  @Test
  void takesArraysOfOtherEngines() {
    ByteBuffer bytes = manager.create(new float[] {1, 2}).toByteBuffer();
    var other =
        new PassthroughNDArray(
            PassthroughNDManager.INSTANCE, bytes, new Shape(2), DataType.FLOAT32);
    other.setName("other");
    NDArray ours = manager.from(other);
    assertEquals("other", ours.getName());
    assertArrayEquals(new float[] {1, 2}, ours.toFloatArray());
    assertSame(ours, manager.from(ours));
  }

  @Test
  void doesNotCompute() {
    NDArray a = manager.create(new float[] {1, 2});
    NDArray moved = manager.create(new float[] {1, 2});
    moved.attach(manager.newSubManager());
    for (NDArray array : List.of(a, moved)) {
      var e = assertThrows(UnsupportedOperationException.class, () -> array.add(1));
      Failures.assertMessage("hold data and do not compute", e);
      for (Runnable call :
          List.<Runnable>of(
              () -> array.mul(a),
              () -> array.matMul(a),
              () -> array.softmax(0),
              () -> array.sum(),
              () -> array.get("0"),
              () -> array.getFloat(0),
              () -> array.reshape(2, 1),
              () -> array.argSort(),
              () -> NDArrays.stack(new NDList(array, a)),
              () -> array.setRequiresGradient(true))) {
        assertThrows(UnsupportedOperationException.class, call::run);
      }
    }
    for (Runnable call :
        List.<Runnable>of(
            () -> manager.arange(3),
            () -> manager.eye(2),
            () -> manager.randomUniform(0, 1, new Shape(1)),
            () -> manager.full(new Shape(1), 2f),
            () -> manager.create("text"),
            () -> manager.create(ByteBuffer.allocate(1), new Shape(1), DataType.STRING),
            () -> manager.invoke("add", new NDList(a), null))) {
      assertThrows(UnsupportedOperationException.class, call::run);
    }
  }
}
