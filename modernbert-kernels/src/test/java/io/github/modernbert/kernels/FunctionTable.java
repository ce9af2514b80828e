package io.github.modernbert.kernels;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** Just enough of safetensors to read the golden tables: this module knows no other module. */
record FunctionTable(JsonObject header, ByteBuffer data) {
  static FunctionTable read(Path file) {
    try {
      ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
      int length = (int) all.getLong();
      var header = new String(all.array(), 8, length, StandardCharsets.UTF_8);
      var data = all.slice(8 + length, all.limit() - 8 - length).order(ByteOrder.LITTLE_ENDIAN);
      return new FunctionTable(JsonParser.parseString(header).getAsJsonObject(), data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Set<String> names() {
    var names = new TreeSet<>(header.keySet());
    names.remove("__metadata__");
    return names;
  }

  float[] floats(String name) {
    ByteBuffer bytes = tensor(name);
    var values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  double[] doubles(String name) {
    ByteBuffer bytes = tensor(name);
    var values = new double[bytes.remaining() / Double.BYTES];
    bytes.asDoubleBuffer().get(values);
    return values;
  }

  private ByteBuffer tensor(String name) {
    JsonArray at = header.getAsJsonObject(name).getAsJsonArray("data_offsets");
    int from = at.get(0).getAsInt();
    return data.slice(from, at.get(1).getAsInt() - from).order(ByteOrder.LITTLE_ENDIAN);
  }
}
