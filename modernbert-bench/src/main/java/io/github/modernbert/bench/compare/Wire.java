package io.github.modernbert.bench.compare;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;

/** Vectors in a line of text: their float32 values, little-endian, in base 64. */
final class Wire {
  private Wire() {}

  static String encode(float[][] vectors) {
    int floats = vectors.length == 0 ? 0 : vectors.length * vectors[0].length;
    ByteBuffer bytes = ByteBuffer.allocate(floats * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float[] vector : vectors) {
      for (float value : vector) {
        bytes.putFloat(value);
      }
    }
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  static float[][] decode(String text, int count) {
    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(text)).order(ByteOrder.LITTLE_ENDIAN);
    int width = bytes.remaining() / Float.BYTES / count;
    var vectors = new float[count][width];
    for (float[] vector : vectors) {
      bytes.asFloatBuffer().get(vector);
      bytes.position(bytes.position() + width * Float.BYTES);
    }
    return vectors;
  }
}
