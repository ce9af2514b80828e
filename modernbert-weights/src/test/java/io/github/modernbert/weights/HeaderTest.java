package io.github.modernbert.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.modernbert.files.ModelFileException;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The header's parser: verdicts of the reference on odd JSON, and files that are out to harm. */
class HeaderTest {
  private static final String VALID =
      """
      {"__metadata__":{"format":"pt","\\u00e9":"\\ud83d\\ude00"},\
      "a":{"dtype":"F16","shape":[2],"data_offsets":[0,4],"x":[1,-2.5e3,{"k":null}]},\
      "b":{"dtype":"U8","shape":[4,1],"data_offsets":[4,8]}}\
      """;

  private static final String ONE_TENSOR =
      "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";

  @TempDir Path folder;

  private static SafetensorsHeader parse(byte[] header) {
    try {
      return SafetensorsHeader.parse("file", new ByteArrayInputStream(header), header.length, 8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SafetensorsHeader parse(String header) {
    return parse(header.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean accepts(byte[] header) {
    try {
      parse(header);
      return true;
    } catch (ModelFileException e) {
      return false;
    }
  }

  /** The file holds what safetensors 0.8.0 said to each header, followed by 8 bytes of data. */
  @Test
  void verdictsOfTheReference() throws IOException {
    int checked = 0;
    var stream = Objects.requireNonNull(getClass().getResourceAsStream("header-verdicts.jsonl"));
    try (var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line; (line = lines.readLine()) != null; checked++) {
        JsonObject one = JsonParser.parseString(line).getAsJsonObject();
        String header = one.get("header").getAsString();
        assertEquals(
            one.get("accepted").getAsBoolean(),
            accepts(header.getBytes(StandardCharsets.UTF_8)),
            header);
      }
    }
    assertTrue(checked > 50, checked + " headers");
  }

  @Test
  void everyTruncationIsRefused() {
    byte[] header = VALID.getBytes(StandardCharsets.UTF_8);
    assertTrue(accepts(header));
    for (int length = 0; length < header.length; length++) {
      byte[] cut = Arrays.copyOf(header, length);
      Refusal.of(() -> parse(cut), "file: ");
    }
  }

  /** Anything but an accepted header or a ModelFileException fails the test. */
  @Test
  void mutationsNeverBreakTheReader() throws IOException {
    var random = new SplittableRandom(7);
    Path file = folder.resolve("mutant");
    byte[] valid =
        Files.readAllBytes(TestFiles.safetensors(folder.resolve("valid"), VALID, new byte[8]));
    int accepted = 0;
    for (int i = 0; i < 1500; i++) {
      byte[] mutant = Arrays.copyOf(valid, valid.length - Math.max(0, random.nextInt(-40, 20)));
      for (int flips = random.nextInt(4); flips > 0; flips--) {
        mutant[random.nextInt(mutant.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(file, mutant);
      try (Checkpoint checkpoint = Checkpoint.open(file)) {
        checkpoint.names().forEach(name -> readAll(checkpoint.tensor(name)));
        accepted++;
      } catch (ModelFileException e) {
        assertTrue(Objects.requireNonNull(e.getMessage()).startsWith(file + ": "));
      }
    }
    assertTrue(accepted > 50, accepted + " mutants were still valid");
  }

  private static void readAll(Tensor tensor) {
    tensor.readBytes(0, new byte[(int) tensor.byteSize()]);
  }

  /** Ten million brackets, strings and digits neither overflow the stack nor take long. */
  @Test
  void hugeHeadersAreRefusedQuickly() {
    for (String piece : new String[] {"[", "{\"a\":", "{\"a\":[[", "\"", "1", "\\u0041", " "}) {
      byte[] header =
          ("{\"t\":" + piece.repeat(10_000_000 / piece.length())).getBytes(StandardCharsets.UTF_8);
      Refusal.of(() -> parse(header), "file: ");
    }
  }

  /**
   * The format allows headers of 100 MB. Of a million texts nothing is kept, and lists and names
   * that no model has are not read to their end.
   */
  @Test
  void largeHeadersTakeLittleMemory() {
    String texts = entries(1_000_000, i -> "\"k" + i + "\":\"value\"");
    SafetensorsHeader header = parse("{\"__metadata__\":{" + texts + "},\"t\":" + ONE_TENSOR + "}");
    assertEquals(new SafetensorsHeader.Metadata(Map.of(), false), header.metadata());
    assertEquals(1, header.tensors().size());
    String tensors = entries(70_000, i -> "\"" + i + "\":" + ONE_TENSOR);
    Refusal.of(() -> parse("{" + tensors), "more than 65536 tensors");
    String dimensions = entries(70_000, i -> "1");
    Refusal.of(() -> parse("{\"t\":{\"shape\":[" + dimensions), "'t': shape", "65536 numbers");
    Refusal.of(() -> parse("{\"" + "long ".repeat(20_000) + "\":0}"), "key", "65536 bytes");
  }

  private static String entries(int count, IntFunction<String> entry) {
    return IntStream.range(0, count).mapToObj(entry).collect(Collectors.joining(","));
  }

  /** Characters whose bytes lie on both sides of the reader's buffer are read whole. */
  @Test
  void charactersAcrossTheBuffer() {
    for (int shift = 0; shift < 8; shift++) {
      String name = " ".repeat(shift) + "\u00e9\u20ac\ud83d\ude00".repeat(5000);
      String text = "{" + " ".repeat(40_000) + "\"" + name + "\":" + ONE_TENSOR + "}";
      byte[] header = text.getBytes(StandardCharsets.UTF_8);
      assertEquals(name, parse(header).tensors().getFirst().name());
      header[header.length / 2] = (byte) 0xff;
      Refusal.of(() -> parse(header), "header, byte ", ": not UTF-8 text");
    }
  }

  @Test
  void messagesNameTheTensor() {
    String[][] cases = {
      {"{\"w\":{\"dtype\":\"F33\",\"shape\":[2],\"data_offsets\":[0,8]}}", "'w'", "F33", "BF16"},
      {"{\"w\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", "'w'", "[3]", "12", "8"},
      {"{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[1,9]}}", "'w'", "[1, 9]", "at 0"},
      {"{\"w\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,8]}}", "'w'", "shape"},
      {"{\"w\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", "'w'", "shape is missing"},
      {"{\"w\":{\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,1]}}", "'w'", "F4", "bytes"},
      {"{\"w\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", "4 bytes", "holds 8"},
    };
    for (String[] one : cases) {
      byte[] header = one[0].getBytes(StandardCharsets.UTF_8);
      Refusal.of(() -> parse(header), Arrays.copyOfRange(one, 1, one.length));
    }
  }
}
