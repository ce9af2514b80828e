package io.github.modernbert.fuzz;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * Changes a safetensors file so that it stays one: other names, orders, shapes and types of the
 * same size, other data. Readers that check the format alone take it, and what they hand on is not
 * what those behind them expect.
 */
final class ConsistentTensors {
  private static final String METADATA = "__metadata__";
  private static final int HEADER_ALIGNMENT = 8;

  /** Types by the bits of an element. */
  private static final List<List<String>> SAME_WIDTH =
      List.of(
          List.of("BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0"),
          List.of("I16", "U16", "F16", "BF16"),
          List.of("I32", "U32", "F32"),
          List.of("I64", "U64", "F64", "C64"));

  private final RandomGenerator random;
  private JsonObject header;
  private byte[] data;

  private ConsistentTensors(JsonObject header, byte[] data, RandomGenerator random) {
    this.header = header;
    this.data = data;
    this.random = random;
  }

  /**
   * A changed copy; empty if the header is not one that can be understood.
   *
   * @param headerBytes how long the header is, in the file
   */
  static Optional<byte[]> of(byte[] file, int headerBytes, RandomGenerator random) {
    int begin = Long.BYTES + headerBytes;
    try {
      String json = new String(file, Long.BYTES, headerBytes, StandardCharsets.UTF_8);
      var tensors =
          new ConsistentTensors(
              JsonParser.parseString(json).getAsJsonObject(),
              Arrays.copyOfRange(file, begin, file.length),
              random);
      for (int times = 1 + random.nextInt(3); times > 0; times--) {
        tensors.change();
      }
      return Optional.of(tensors.file());
    } catch (JsonParseException
        | IllegalStateException
        | UnsupportedOperationException
        | NumberFormatException
        | ClassCastException
        | IndexOutOfBoundsException
        | NullPointerException e) {
      // Some of the golden files are broken in ways that gson takes.
      return Optional.empty();
    }
  }

  private void change() {
    List<String> names =
        new ArrayList<>(header.keySet().stream().filter(name -> !name.equals(METADATA)).toList());
    if (names.isEmpty()) {
      changeMetadata();
      return;
    }
    String name = names.get(random.nextInt(names.size()));
    switch (random.nextInt(9)) {
      case 0 -> header.add(name + "x", header.remove(name));
      case 1 -> reorder();
      case 2 -> reshape(header.getAsJsonObject(name));
      case 3 -> retype(header.getAsJsonObject(name));
      case 4 -> exchange(name, names.get(random.nextInt(names.size())));
      case 5 -> changeMetadata();
      case 6 -> dropLast(names);
      case 7 -> addEmpty();
      default -> changeData();
    }
  }

  private void reorder() {
    var names = new ArrayList<>(header.keySet());
    Collections.shuffle(names, new Random(random.nextLong()));
    var ordered = new JsonObject();
    names.forEach(name -> ordered.add(name, header.get(name)));
    header = ordered;
  }

  private void reshape(JsonObject tensor) {
    JsonArray shape = tensor.getAsJsonArray("shape");
    var changed = new JsonArray();
    switch (random.nextInt(3)) {
      case 0 -> {
        long elements = 1;
        for (var size : shape) {
          elements *= size.getAsLong();
        }
        changed.add(elements);
      }
      case 1 -> {
        changed.addAll(shape);
        changed.add(1);
      }
      default -> shape.asList().reversed().forEach(changed::add);
    }
    tensor.add("shape", changed);
  }

  private void retype(JsonObject tensor) {
    String type = tensor.get("dtype").getAsString();
    for (List<String> types : SAME_WIDTH) {
      if (types.contains(type)) {
        tensor.addProperty("dtype", types.get(random.nextInt(types.size())));
      }
    }
  }

  private void exchange(String one, String other) {
    var first = header.get(one);
    header.add(one, header.get(other));
    header.add(other, first);
  }

  private void changeMetadata() {
    if (header.remove(METADATA) == null) {
      var metadata = new JsonObject();
      metadata.addProperty(
          "format", random.nextBoolean() ? "pt" : "x".repeat(random.nextInt(2000)));
      header.add(METADATA, metadata);
    }
  }

  /** Takes away the tensor at the end of the data. */
  private void dropLast(List<String> names) {
    for (String name : names) {
      JsonArray offsets = header.getAsJsonObject(name).getAsJsonArray("data_offsets");
      int begin = offsets.get(0).getAsInt();
      if (offsets.get(1).getAsLong() == data.length && begin < data.length) {
        header.remove(name);
        data = Arrays.copyOf(data, begin);
        return;
      }
    }
  }

  private void addEmpty() {
    var offsets = new JsonArray();
    offsets.add(data.length);
    offsets.add(data.length);
    var shape = new JsonArray();
    shape.add(0);
    shape.add(random.nextInt(5));
    var tensor = new JsonObject();
    tensor.addProperty("dtype", "F32");
    tensor.add("shape", shape);
    tensor.add("data_offsets", offsets);
    header.add("empty" + random.nextInt(100), tensor);
  }

  /** Bytes of any value: NaN, infinities and subnormal numbers among them. */
  private void changeData() {
    for (int times = random.nextInt(1, 20); times > 0 && data.length > 0; times--) {
      int at = random.nextInt(data.length);
      int value = random.nextInt();
      Arrays.fill(data, at, Math.min(data.length, at + random.nextInt(1, 9)), (byte) value);
    }
  }

  private byte[] file() {
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    int padded = Math.ceilDiv(json.length, HEADER_ALIGNMENT) * HEADER_ALIGNMENT;
    byte[] aligned = Arrays.copyOf(json, padded);
    Arrays.fill(aligned, json.length, padded, (byte) ' ');
    return ByteBuffer.allocate(Long.BYTES + padded + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(padded)
        .put(aligned)
        .put(data)
        .array();
  }
}
