package io.github.modernbert.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.modernbert.EmbedOptions;
import io.github.modernbert.Embeddings;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.weights.Checkpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every format holds the bits that the API gives. */
class EmbedCommandTest {
  private static final List<String> TEXTS =
      List.of("A cat sits on the mat.", "", "Příliš žluťoučký kůň 𝄞", "  two  spaces ");
  private static final String JOINED = String.join("\n", TEXTS) + "\n";
  private static Embeddings expected;

  @TempDir private Path folder;

  @BeforeAll
  static void embed() {
    try (var embedder = TextEmbedder.bundled()) {
      expected = embedder.embed(TEXTS);
    }
  }

  private static void assertVectors(Embeddings vectors, List<JsonObject> lines) {
    assertEquals(vectors.size(), lines.size());
    for (int i = 0; i < lines.size(); i++) {
      JsonObject line = lines.get(i);
      assertEquals(i, line.get("index").getAsInt());
      assertEquals(vectors.tokens(i), line.get("tokens").getAsInt());
      assertEquals(vectors.truncated(i), line.get("truncated").getAsBoolean());
      assertArrayEquals(vectors.vector(i), floats(line.getAsJsonArray("embedding")));
    }
  }

  private static float[] floats(JsonArray array) {
    var values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.parseFloat(array.get(i).getAsString());
    }
    return values;
  }

  @Test
  void argumentsFileAndStandardInputGiveTheSame() throws IOException {
    Path file = Files.writeString(folder.resolve("texts with spaces.txt"), JOINED);
    CliRun arguments =
        CliRun.of(Stream.concat(Stream.of("embed"), TEXTS.stream()).toArray(String[]::new));
    assertVectors(expected, arguments.json());
    assertEquals(arguments.out(), CliRun.of("embed", "--file", file.toString()).out());
    assertEquals(
        arguments.out(), CliRun.with(JOINED.getBytes(StandardCharsets.UTF_8), "embed").out());
    assertEquals("", arguments.err());
  }

  @Test
  void csvHasAHeaderAndTheSameFloats() {
    List<String> lines =
        CliRun.with(JOINED.getBytes(StandardCharsets.UTF_8), "embed", "--format", "csv").lines();
    assertTrue(lines.getFirst().startsWith("index,tokens,truncated,v0,v1,"), lines.getFirst());
    for (int i = 0; i < TEXTS.size(); i++) {
      String[] cells = lines.get(i + 1).split(",");
      assertEquals(
          i + "," + expected.tokens(i) + ",false", String.join(",", List.of(cells).subList(0, 3)));
      var values = new float[cells.length - 3];
      for (int j = 0; j < values.length; j++) {
        values[j] = Float.parseFloat(cells[j + 3]);
      }
      assertArrayEquals(expected.vector(i), values);
    }
  }

  @Test
  void npyIsAMatrixByFileNameOrOnStandardOutput() throws IOException {
    Path file = folder.resolve("vectors.npy");
    byte[] in = JOINED.getBytes(StandardCharsets.UTF_8);
    assertEquals(0, CliRun.with(in, "embed", "--output", file.toString()).bytes().length);
    assertNpy(Files.readAllBytes(file));
    assertNpy(CliRun.with(in, "embed", "--format", "npy").bytes());
    try (var left = Files.list(folder)) {
      assertEquals(List.of(file), left.toList());
    }
  }

  /** Where numbers are formatted for people, Persian has digits of its own. */
  @Test
  void theLanguageOfTheSystemDoesNotMatterToPrograms() {
    byte[] in = JOINED.getBytes(StandardCharsets.UTF_8);
    Locale usual = Locale.getDefault();
    for (String format : List.of("npy", "csv", "jsonl")) {
      byte[] english = CliRun.with(in, "embed", "--format", format).bytes();
      Locale.setDefault(Locale.of("fa", "IR"));
      try {
        assertArrayEquals(english, CliRun.with(in, "embed", "--format", format).bytes(), format);
      } finally {
        Locale.setDefault(usual);
      }
    }
  }

  private static void assertNpy(byte[] bytes) {
    var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals("NUMPY", new String(bytes, 1, 5, StandardCharsets.US_ASCII));
    int header = buffer.getShort(8);
    assertEquals(0, (10 + header) % 64);
    String expectedHeader =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }"
            .formatted(expected.size(), expected.dimension());
    assertEquals(expectedHeader, new String(bytes, 10, header, StandardCharsets.US_ASCII).strip());
    buffer.position(10 + header);
    for (int i = 0; i < expected.size(); i++) {
      for (float value : expected.vector(i)) {
        assertEquals(value, buffer.getFloat());
      }
    }
    assertEquals(0, buffer.remaining());
  }

  @Test
  void safetensorsHoldsOneTensor() throws IOException {
    Path file = folder.resolve("vectors.safetensors");
    byte[] in = JOINED.getBytes(StandardCharsets.UTF_8);
    assertEquals(0, CliRun.with(in, "embed", "-o", file.toString()).exitCode());
    try (var checkpoint = Checkpoint.open(file)) {
      var tensor = checkpoint.tensor("embeddings");
      assertEquals(List.of(4L, (long) expected.dimension()), tensor.shape());
      float[] values = tensor.toFloats();
      for (int i = 0; i < expected.size(); i++) {
        for (int j = 0; j < expected.dimension(); j++) {
          assertEquals(expected.vector(i)[j], values[i * expected.dimension() + j]);
        }
      }
    }
  }

  @Test
  void namesOfFilesTellTheFormatOrNothing() throws IOException {
    for (String name : List.of("x.foo", "x.json", "x.npy.gz", "x.NPZ", "x.")) {
      Path file = folder.resolve(name);
      CliRun run = CliRun.of("embed", "--output", file.toString(), "a");
      assertEquals(2, run.exitCode(), run.err());
      assertTrue(run.err().contains("no format is known"), run.err());
      assertTrue(Files.notExists(file));
      assertEquals(0, CliRun.of("embed", "-o", file.toString(), "--format", "csv", "a").exitCode());
      assertTrue(Files.readString(file).startsWith("index,"));
    }
    for (String name : List.of("vectors", ".hidden", "x.JSONL")) {
      Path file = folder.resolve(name);
      assertEquals(0, CliRun.of("embed", "--output", file.toString(), "a").exitCode());
      assertTrue(Files.readString(file).startsWith("{"), name);
    }
  }

  @Test
  void noLinesGiveAnEmptyResult() {
    assertEquals("", CliRun.of("embed").out());
    String npy =
        new String(CliRun.of("embed", "--format", "npy").bytes(), StandardCharsets.US_ASCII);
    assertTrue(npy.contains("(0, " + expected.dimension() + ")"), npy);
  }

  @Test
  void optionsReachTheModel() {
    int checked = 0;
    for (Path model : Golden.folders("sentence-transformers", "modules.json", "cases.json")) {
      if (!Files.exists(model.resolve("1_Pooling"))) {
        continue;
      }
      try (var embedder = TextEmbedder.load(model)) {
        assertVectors(
            embedder.embed(
                TEXTS, EmbedOptions.defaults().prompt("query").dimensions(5).normalize(true)),
            run(model, "--prompt", "query", "--dimensions", "5", "--normalize").json());
        assertVectors(
            embedder.embed(TEXTS, EmbedOptions.defaults().promptText("to: ").maxLength(6)),
            run(model, "--prompt-text", "to: ", "--max-length", "6").json());
      }
      checked++;
    }
    Golden.report("embedding models on the command line", checked);
  }

  private static CliRun run(Path model, String... options) {
    return CliRun.with(
        JOINED.getBytes(StandardCharsets.UTF_8),
        Stream.concat(Stream.of("embed", "--model", model.toString()), Stream.of(options))
            .toArray(String[]::new));
  }
}
