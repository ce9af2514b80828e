package io.github.modernbert.testdata;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;

/** Vectors as the embeddings API of OpenAI packs them. */
public final class Base64Floats {
  private Base64Floats() {}

  /** The floats whose bytes, lowest first, a text encodes. */
  public static float[] decode(String base64) {
    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
    var floats = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(floats);
    return floats;
  }
}
