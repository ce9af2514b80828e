package io.github.modernbert.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes archives of PyTorch with a dictionary of random tensors, each value in one of the ways
 * that pickles have for it. Two of three are sound; the others have one number or name that is not,
 * in a pickle that is well formed all the same.
 */
final class GeneratedPickles {
  private static final int DATA_KINDS = 4;

  /** The first ones of the types, which can be read as floats; few files have others. */
  private static final int FLOAT_TYPES = 4;

  private static final long[] ODD_NUMBERS = {
    -1,
    0,
    1,
    255,
    256,
    65_536,
    Integer.MAX_VALUE,
    1L << 31,
    1L << 62,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private static final List<Type> TYPES =
      List.of(
          new Type("FloatStorage", "float32", 4),
          new Type("DoubleStorage", "float64", 8),
          new Type("HalfStorage", "float16", 2),
          new Type("BFloat16Storage", "bfloat16", 2),
          new Type("CharStorage", "int8", 1),
          new Type("ByteStorage", "uint8", 1),
          new Type("ShortStorage", "int16", 2),
          new Type("IntStorage", "int32", 4),
          new Type("LongStorage", "int64", 8),
          new Type("BoolStorage", "bool", 1),
          new Type("UntypedStorage", "uint16", 2),
          new Type("UntypedStorage", "uint64", 8),
          new Type("UntypedStorage", "float8_e4m3fn", 1));

  private final RandomGenerator random;
  private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();
  private final List<byte[]> storages = new ArrayList<>();

  private final List<Type> types;

  /** How many values have been remembered. */
  private int memo;

  /** The number of odd numbers or names that are still to be written, 0 or 1. */
  private int faults;

  private GeneratedPickles(RandomGenerator random) {
    this.random = random;
    this.faults = random.nextInt(3) == 0 ? 1 : 0;
    this.types = random.nextInt(5) == 0 ? TYPES : TYPES.subList(0, FLOAT_TYPES);
  }

  /**
   * The type of a tensor's elements: its storage's class, its own name, and bytes of an element.
   */
  private record Type(String storage, String dtype, int bytes) {}

  static byte[] of(RandomGenerator random) {
    return new GeneratedPickles(random).archive();
  }

  private byte[] archive() {
    writePickle();
    var entries = new ArrayList<Entry>();
    entries.add(new Entry("data.pkl", pickle.toByteArray()));
    entries.add(new Entry("version", "3\n".getBytes(StandardCharsets.US_ASCII)));
    if (random.nextBoolean()) {
      String order = hasFault() ? "big" : "little";
      entries.add(new Entry("byteorder", order.getBytes(StandardCharsets.US_ASCII)));
    }
    for (int i = 0; i < storages.size(); i++) {
      entries.add(new Entry("data/" + i, storages.get(i)));
    }
    // The pickle comes first, as in files of PyTorch.
    Collections.shuffle(entries.subList(1, entries.size()), new Random(random.nextLong()));
    if (hasFault()) {
      entries.removeLast();
    }
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (Entry entry : entries) {
        entry.write("pytorch_model/", zip);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** A file of the archive. */
  private record Entry(String name, byte[] content) {
    void write(String folder, ZipOutputStream zip) throws IOException {
      var crc = new CRC32();
      crc.update(content);
      var entry = new ZipEntry(folder + name);
      entry.setMethod(ZipEntry.STORED);
      entry.setSize(content.length);
      entry.setCrc(crc.getValue());
      zip.putNextEntry(entry);
      zip.write(content);
      zip.closeEntry();
    }
  }

  /** Whether the fault of this archive, if it is to have one, shall be here. */
  private boolean hasFault() {
    if (faults == 0 || random.nextInt(6) > 0) {
      return false;
    }
    faults = 0;
    return true;
  }

  private void writePickle() {
    pickle.write(0x80);
    pickle.write(2 + random.nextInt(4));
    beginDictionary();
    int tensors = random.nextInt(6);
    boolean together = random.nextBoolean();
    if (together) {
      pickle.write('(');
    }
    for (int i = 0; i < tensors; i++) {
      text(name(i));
      if (hasFault()) {
        otherValue();
      } else {
        tensor();
      }
      if (!together) {
        pickle.write('s');
      }
    }
    if (together) {
      pickle.write('u');
    }
    if (random.nextInt(4) == 0) {
      attributes();
    }
    pickle.write('.');
  }

  private void beginDictionary() {
    if (random.nextBoolean()) {
      pickle.write('}');
    } else {
      function("collections", "OrderedDict");
      pickle.write(')');
      pickle.write('R');
    }
    remember();
  }

  /** What PyTorch keeps beside the tensors of a module: the versions of their layout. */
  private void attributes() {
    pickle.write('}');
    text("_metadata");
    pickle.write('}');
    pickle.write('s');
    pickle.write('b');
  }

  private String name(int number) {
    return switch (random.nextInt(6)) {
      case 0 -> "layers." + number + ".größe.\ud83d\ude00";
      case 1 -> "x".repeat(random.nextInt(400)) + number;
      case 2 -> hasFault() ? "" : "model.layers.0.attn.Wqkv.weight" + number;
      default -> "layers." + number + ".weight";
    };
  }

  private void otherValue() {
    switch (random.nextInt(5)) {
      case 0 -> pickle.write('N');
      case 1 -> pickle.write(']');
      case 2 -> pickle.write('}');
      case 3 -> integer(random.nextLong());
      default -> text("a text");
    }
  }

  private void tensor() {
    boolean isParameter = random.nextInt(4) == 0;
    if (isParameter) {
      function("torch._utils", "_rebuild_parameter");
      pickle.write('(');
    }
    Type type = types.get(random.nextInt(types.size()));
    boolean untyped = type.storage.equals("UntypedStorage");
    function("torch._utils", untyped ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2");
    pickle.write('(');
    long[] shape = LongStream.generate(() -> random.nextInt(5)).limit(random.nextInt(4)).toArray();
    long elements = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    int offset = random.nextInt(3);
    storage(type, offset + elements + random.nextInt(3), untyped);
    integer(offset);
    integers(shape);
    integers(strides(shape));
    flag();
    beginDictionary();
    if (untyped) {
      function("torch", type.dtype);
    }
    pickle.write('t');
    pickle.write('R');
    remember();
    if (isParameter) {
      flag();
      beginDictionary();
      pickle.write('t');
      pickle.write('R');
    }
  }

  /** Those of rows one after the other, or of columns. */
  private long[] strides(long[] shape) {
    var strides = new long[shape.length];
    boolean byColumns = random.nextInt(4) == 0;
    long stride = 1;
    for (int i = 0; i < shape.length; i++) {
      int at = byColumns ? i : shape.length - 1 - i;
      strides[at] = stride;
      stride *= Math.max(1, shape[at]);
    }
    return strides;
  }

  private void storage(Type type, long elements, boolean untyped) {
    int key = storages.size();
    var content = new byte[Math.toIntExact(elements * type.bytes)];
    switch (random.nextInt(DATA_KINDS)) {
      case 0 -> Arrays.fill(content, (byte) 0xFF);
      case 1 -> Arrays.fill(content, (byte) 0x7F);
      default -> random.nextBytes(content);
    }
    storages.add(content);
    pickle.write('(');
    text("storage");
    function(untyped ? "torch.storage" : "torch", type.storage);
    text(hasFault() ? "../" + key : String.valueOf(key));
    text(random.nextBoolean() ? "cpu" : "cuda:0");
    integer(untyped ? content.length : elements);
    pickle.write('t');
    pickle.write('Q');
  }

  private void flag() {
    pickle.write(random.nextBoolean() ? 0x88 : 0x89);
  }

  private void integers(long[] values) {
    boolean isShort = values.length > 0 && values.length <= 3 && random.nextBoolean();
    if (!isShort) {
      pickle.write('(');
    }
    for (long value : values) {
      integer(value);
    }
    pickle.write(isShort ? 0x84 + values.length : 't');
  }

  private void integer(long wanted) {
    long value = hasFault() ? ODD_NUMBERS[random.nextInt(ODD_NUMBERS.length)] : wanted;
    int kind = random.nextInt(5);
    if (kind == 0 && value >= 0 && value < 1 << 8) {
      pickle.write('K');
      number(value, 1);
    } else if (kind == 1 && value >= 0 && value < 1 << 16) {
      pickle.write('M');
      number(value, 2);
    } else if (kind == 2 && value == (int) value) {
      pickle.write('J');
      number(value, 4);
    } else if (kind == 3) {
      pickle.write(0x8b);
      number(Long.BYTES, 4);
      number(value, Long.BYTES);
    } else {
      pickle.write(0x8a);
      pickle.write(Long.BYTES);
      number(value, Long.BYTES);
    }
  }

  private void number(long value, int bytes) {
    byte[] all =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    pickle.write(all, 0, bytes);
  }

  private void text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    switch (random.nextInt(3)) {
      case 0 -> {
        pickle.write('X');
        number(utf8.length, 4);
      }
      case 1 -> {
        pickle.write(0x8d);
        number(utf8.length, Long.BYTES);
      }
      default -> {
        pickle.write(utf8.length < 256 ? 0x8c : 'X');
        number(utf8.length, utf8.length < 256 ? 1 : 4);
      }
    }
    pickle.writeBytes(utf8);
    remember();
  }

  private void function(String module, String name) {
    if (random.nextBoolean()) {
      pickle.write('c');
      pickle.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
    } else {
      text(module);
      text(hasFault() ? name + "_" : name);
      pickle.write(0x93);
    }
    remember();
  }

  /** Remembers what is on the stack, and takes it back again now and then. */
  private void remember() {
    if (random.nextBoolean()) {
      return;
    }
    switch (random.nextInt(3)) {
      case 0 -> {
        pickle.write(0x94);
        memo++;
      }
      case 1 -> {
        pickle.write('r');
        number(memo++, 4);
      }
      default -> {
        pickle.write('q');
        pickle.write(memo++ & 0xFF);
      }
    }
    if (random.nextInt(3) == 0) {
      pickle.write('0');
      pickle.write('j');
      number(memo - 1, 4);
    }
  }
}
