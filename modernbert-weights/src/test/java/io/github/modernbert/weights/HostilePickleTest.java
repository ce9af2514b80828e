package io.github.modernbert.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Files of PyTorch that are out to harm, or damaged in a way that no accident makes. */
class HostilePickleTest {
  private static final long HUGE = 1L << 62;
  private static final long[] ONE = {1};

  @TempDir Path folder;
  private final List<DynamicTest> tests = new ArrayList<>();

  private void refused(String name, PickleWriter pickle, String... problems) {
    tests.add(
        dynamicTest(
            name,
            () -> {
              Path file = pickle.writeTo(folder.resolve("pytorch_model.bin"));
              Refusal.of(() -> Checkpoint.open(file), file + ": ");
              Refusal.of(() -> Checkpoint.open(file), problems);
            }));
  }

  private static PickleWriter pickle(String instructions) {
    return new PickleWriter().raw("\u0080\2").raw(instructions);
  }

  private static PickleWriter tensor(long elements, long offset, long[] shape, long[] strides) {
    return new PickleWriter().tensor("w", elements, offset, shape, strides);
  }

  private static long[] of(long... values) {
    return values;
  }

  @Test
  void theWriterWritesWhatTorchWrites() throws IOException {
    Path file =
        tensor(4, 1, of(3), ONE)
            .storage(ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putFloat(8, 3).array())
            .writeTo(folder.resolve("pytorch_model.bin"));
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertArrayEquals(new float[] {0, 3, 0}, checkpoint.tensor("w").toFloats());
    }
  }

  @TestFactory
  List<DynamicTest> code() {
    for (String[] function :
        new String[][] {
          {"os", "system"},
          {"posix", "system"},
          {"builtins", "eval"},
          {"torch", "load"},
          {"torch.hub", "load"},
          {"torch._utils", "_rebuild_qtensor"},
          {"numpy.core.multiarray", "scalar"},
          {"collections", "OrderedDict.fromkeys"},
        }) {
      refused(
          function[0] + "." + function[1],
          pickle("").function(function[0], function[1]).raw("(").text("x").raw("tR"),
          "'" + function[0] + "." + function[1] + "'",
          "refused");
    }
    refused(
        "by names on the stack",
        pickle("").text("os").text("system").raw("\u0093)R"),
        "'os.system'");
    refused("a call of a string", pickle("").text("os.system").raw(")R"), "calls a string");
    refused("a class", pickle("(ios\nsystem\n"), "instruction 0x69");
    refused("an extension", pickle("\u0082\1"), "instruction 0x82");
    refused("state of a tensor", tensor(4, 0, of(4), ONE).raw("h\0}b"), "recalls value 0");
    refused("attributes of a list", pickle("]}b"), "sets attributes of a list");
    refused("another storage", pickle("").function("torch", "QInt8Storage"), "torch.QInt8Storage");
    refused(
        "a storage from elsewhere",
        pickle("(").text("module").text("x").text("y").text("z").raw("K\1tQ"),
        "expected a storage");
    return tests;
  }

  @TestFactory
  List<DynamicTest> bombs() {
    refused("instructions", pickle("N".repeat(2_000_000)), "1048576 instructions");
    refused("marks", pickle("(".repeat(500_000)), "pickle");
    refused("nesting", pickle("]".repeat(300_000) + "a".repeat(299_999)), "holds a list");
    refused("a cycle of lists", pickle("]q\0h\0a"), "holds a list");
    refused("a cycle of dictionaries", pickle("}q\0").text("a").raw("h\0s"), "'a' is a dictionary");
    refused(
        "tuples of tuples as a key",
        pickle("}" + ")" + "q\0h\0\u0086".repeat(100) + "Ns"),
        "expected a name, found a tuple of 2");
    refused("a program of 20 MB", pickle(" ".repeat(20_000_000)), "20000003 bytes", "at most");
    refused("a long integer", pickle("\u008b\0\0\0\u0070"), "an integer of 1879048192 bytes");
    refused("a negative integer", pickle("\u008b\u00ff\u00ff\u00ff\u00ff"), "4294967295 bytes");
    refused("a long text", pickle("X\u00ff\u00ff\u00ff\u007f"), "asks for 2147483647 bytes");
    refused(
        "a text of 2^62 bytes",
        pickle("\u008d\0\0\0\0\0\0\0\u0040"),
        "asks for 4611686018427387904");
    refused(
        "a text of 2^64 - 1 bytes",
        pickle("\u008d" + "\u00ff".repeat(8)),
        "asks for 18446744073709551615");
    refused("a name without end", pickle("cos"), "asks for 1 bytes");
    refused("memory of its own", pickle("r\u00ff\u00ff\u00ff\u00ff"), "empty stack");
    refused("nothing", pickle(""), "empty stack");
    refused("values below a mark", pickle("}(s"), "empty stack");
    refused("a mark that is not there", pickle("]t"), "a mark that is not there");
    refused("a key without a value", pickle("}(").text("a").raw("u"), "a key without a value");
    refused("members of a list", pickle("]NNs"), "puts members into a list");
    refused("appending to a dictionary", pickle("}Na"), "appends to a dictionary");
    refused("protocol 200", new PickleWriter().raw("\u0080\u00c8}"), "protocol 200");
    return tests;
  }

  @TestFactory
  List<DynamicTest> lies() {
    String unfit = "do not fit into a storage of 4 elements";
    refused("more than there is", tensor(4, 0, of(5), ONE), "'w'", unfit);
    refused("behind the end", tensor(4, 1, of(4), ONE), unfit);
    refused("before the begin", tensor(4, -1, of(2), ONE), unfit);
    refused("far behind", tensor(4, HUGE, of(1), ONE), unfit);
    refused("a negative dimension", tensor(4, 0, of(-1), ONE), unfit);
    refused("a negative stride", tensor(4, 3, of(4), of(-1)), unfit);
    refused("a huge stride", tensor(4, 0, of(3), of(HUGE)), unfit);
    refused("dimensions that overflow", tensor(4, 0, of(HUGE, 4), of(0, 0)), unfit);
    refused("repeated elements", tensor(4, 0, of(1L << 40), of(0)), unfit);
    refused(
        "dimensions without strides", tensor(4, 0, of(2, 2), ONE), "2 dimensions and 1 strides");
    refused("100 dimensions", tensor(4, 0, new long[100], new long[100]), "100 dimensions");
    refused("a storage too small", tensor(5, 0, of(4), ONE), "storage '0' has 16 bytes", "says 20");
    refused("a storage too large", tensor(3, 0, of(3), ONE), "storage '0' has 16 bytes", "says 12");
    refused("2^62 elements", tensor(HUGE, 0, of(4), ONE), "storage '0' has 4611686018427387904");
    refused("-1 elements", tensor(-1, 0, of(4), ONE), "storage '0' has -1 elements");
    refused(
        "too few arguments",
        pickle("}").text("w").function("torch._utils", "_rebuild_tensor_v2").raw(")Rs"),
        "torch._utils._rebuild_tensor_v2",
        "0 arguments");
    refused(
        "a tensor of a text",
        pickle("}")
            .text("w")
            .function("torch._utils", "_rebuild_tensor_v2")
            .raw("(")
            .text("x")
            .raw("K\0)))tRs"),
        "takes a string, expected a storage");
    return tests;
  }

  private Path archive(String name) {
    return folder.resolve(name);
  }

  @Test
  void archives() throws IOException {
    byte[] pickle = tensor(4, 0, of(4), ONE).raw(".").program();
    Path file = archive("pytorch_model.bin");

    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      PickleWriter.entry(zip, "archive/data.pkl", pickle);
    }
    Refusal.of(() -> Checkpoint.open(file), "storage '0' is missing");

    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("archive/data.pkl"));
      zip.write(pickle);
    }
    Refusal.of(() -> Checkpoint.open(file), "'archive/data.pkl' is compressed");

    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      PickleWriter.entry(zip, "a/data.pkl", pickle);
      PickleWriter.entry(zip, "b/data.pkl", pickle);
    }
    Refusal.of(
        () -> Checkpoint.open(file), "with the pickles [a/data.pkl, b/data.pkl], expected one");

    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      PickleWriter.entry(zip, "word/document.xml", pickle);
    }
    Refusal.of(() -> Checkpoint.open(file), "with the pickles [], expected one");

    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      PickleWriter.entry(zip, "a/data.pkl", pickle);
      PickleWriter.entry(zip, "a/constants.pkl", pickle);
    }
    Refusal.of(() -> Checkpoint.open(file), "TorchScript");

    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      PickleWriter.entry(zip, "a/data.pkl", pickle);
      PickleWriter.entry(zip, "a/byteorder", "big".getBytes(StandardCharsets.US_ASCII));
    }
    Refusal.of(() -> Checkpoint.open(file), "byteorder: expected little");
  }

  /** The directory at the end of an archive of two entries, changed in one number. */
  @Test
  void directories() throws IOException {
    Path file = tensor(4, 0, of(4), ONE).writeTo(archive("pytorch_model.bin"));
    byte[] whole = Files.readAllBytes(file);
    int end = whole.length - 22;
    int first = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getInt(end + 16);
    Object[][] changes = {
      {end + 10, 0xffff, "no entry of its directory"},
      {end + 16, 0x7fffffff, "asks for 4 bytes from byte 2147483647"},
      {end + 16, 0, "no entry of its directory at byte 0"},
      {first + 8, 1, "encrypted"},
      {first + 20, 7, "two sizes"},
      {first + 20, -1, "more than 32 bits is missing"},
      {first + 42, 5, "no header of entry 'archive/data.pkl' at byte 5"},
      {first + 42, -2, "asks for 4 bytes"},
      {first + 28, 0xfff0, "asks for"},
    };
    for (Object[] change : changes) {
      byte[] changed = whole.clone();
      int at = (int) change[0];
      int value = (int) change[1];
      boolean isShort = at == end + 10 || at == first + 8 || at == first + 28;
      for (int i = 0; i < (isShort ? 2 : 4); i++) {
        changed[at + i] = (byte) (value >> 8 * i);
      }
      Files.write(file, changed);
      Refusal.of(() -> Checkpoint.open(file), file + ": ", (String) change[2]);
    }
  }
}
