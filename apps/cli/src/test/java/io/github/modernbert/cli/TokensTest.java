package io.github.modernbert.cli;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.ModernBertModel;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.weights.Checkpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tokenize} and {@code encode}. */
class TokensTest {
  private static final List<String> KEYS =
      List.of("ids", "tokens", "type_ids", "attention_mask", "special_tokens_mask", "word_ids");

  @TempDir private Path folder;

  @Test
  void tokensEqualTheReference() {
    Path tokenizer = Golden.folders("tokenizers/small", "tokenizer.json").getFirst();
    int checked =
        compare(tokenizer, "{}", tokenizer)
            + compare(
                tokenizer,
                "{\"add_special_tokens\":false}",
                tokenizer.resolve("tokenizer.json"),
                "--no-special-tokens");
    Golden.report("tokenizer cases on the command line", checked);
  }

  @Test
  void specialTokensOfTextsAreSplitIfAsked() {
    String text = "a [SEP] b";
    CliRun whole = CliRun.of("tokenize", text);
    CliRun split = CliRun.of("tokenize", "--split-special-tokens", text);
    assertEquals(6, whole.json().getFirst().getAsJsonArray("ids").size());
    assertEquals("[1,69,1854,338,84,65,278,2]", split.json().getFirst().get("ids").toString());
    JsonObject vector = CliRun.of("embed", "--split-special-tokens", text).json().getFirst();
    assertEquals(8, vector.get("tokens").getAsInt());
  }

  @Test
  void textsMayBeWords() {
    JsonObject words = CliRun.of("tokenize", "--words", " paris,\tis  paris").json().getFirst();
    assertEquals("[null,0,0,1,2,null]", words.get("word_ids").toString());
    assertEquals("[[0,0],[0,5],[5,6],[0,2],[0,5],[0,0]]", words.get("offsets").toString());
    JsonObject pair = CliRun.of("tokenize", "--words", "a b", "--pair", "c d").json().getFirst();
    assertEquals("[null,0,1,null,0,1,null]", pair.get("word_ids").toString());
    JsonObject none = CliRun.of("tokenize", "--words", "").json().getFirst();
    assertEquals("[null,null]", none.get("word_ids").toString());
  }

  /** Compares the cases with these options, all in one run; gives their number. */
  private static int compare(Path tokenizer, String options, Path model, String... arguments) {
    List<JsonObject> cases =
        Golden.jsonLines(tokenizer.resolve("cases.jsonl.gz")).stream()
            .map(JsonElement::getAsJsonObject)
            .filter(each -> optionsOf(each).equals(options) && isLine(each))
            .toList();
    String in = cases.stream().map(c -> c.get("text").getAsString() + "\n").collect(joining());
    String[] command =
        Stream.concat(Stream.of("tokenize", "--model", model.toString()), Arrays.stream(arguments))
            .toArray(String[]::new);
    List<JsonObject> lines = CliRun.with(in.getBytes(StandardCharsets.UTF_8), command).json();
    assertEquals(cases.size(), lines.size());
    for (int i = 0; i < lines.size(); i++) {
      assertTokens(cases.get(i), lines.get(i));
    }
    return cases.size();
  }

  private static String optionsOf(JsonObject golden) {
    return golden.has("options") ? golden.get("options").toString() : "{}";
  }

  private static boolean isLine(JsonObject golden) {
    String text = golden.get("text").getAsString();
    return text.indexOf('\n') < 0
        && !text.endsWith("\r")
        && !text.startsWith("\uFEFF")
        && !golden.has("error")
        && (!golden.has("pair") || golden.get("pair").isJsonNull());
  }

  private static void assertTokens(JsonObject expected, JsonObject line) {
    String text = expected.get("text").getAsString();
    for (String key : KEYS) {
      assertEquals(expected.get(key), line.get(key), () -> key + " of " + text);
    }
    String offsets = expected.has("offsets_utf16") ? "offsets_utf16" : "offsets";
    assertEquals(expected.get(offsets), line.get("offsets"), text);
  }

  @Test
  void pairSpecialTokensAndLength() {
    JsonObject pair = CliRun.of("tokenize", "a", "--pair", "b").json().getFirst();
    JsonObject bare = CliRun.of("tokenize", "a", "--no-special-tokens").json().getFirst();
    JsonObject cut = CliRun.of("tokenize", "a b c d e f", "--max-length", "4").json().getFirst();
    assertEquals(
        List.of("[CLS]", "a", "[SEP]", "b", "[SEP]"),
        pair.getAsJsonArray("tokens").asList().stream().map(JsonElement::getAsString).toList());
    assertEquals("[\"a\"]", bare.get("tokens").toString());
    assertEquals("[0]", bare.get("word_ids").toString());
    assertEquals(4, cut.getAsJsonArray("ids").size());
  }

  @Test
  void encodeWritesLastHiddenStates() throws IOException {
    Path model = Golden.folders("checkpoints/plain", "config.json", "cases.json").getFirst();
    var sequences = new ArrayList<int[]>();
    var lines = new StringBuilder();
    for (JsonElement each :
        Golden.json(model.resolve("cases.json")).getAsJsonObject().getAsJsonArray("cases")) {
      JsonElement ids = each.getAsJsonObject().get("input_ids");
      lines.append(ids).append('\n');
      sequences.add(
          ids.getAsJsonArray().asList().stream().mapToInt(JsonElement::getAsInt).toArray());
    }
    Path ids = Files.writeString(folder.resolve("ids.jsonl"), lines);
    Path output = folder.resolve("hidden.safetensors");
    CliRun run =
        CliRun.of(
            "encode",
            "--model",
            model.toString(),
            "--ids",
            ids.toString(),
            "--output",
            output.toString(),
            "--token-budget",
            "100");
    assertEquals(List.of(), run.lines());
    try (var encoder = ModernBertModel.load(model);
        var written = Checkpoint.open(output)) {
      for (int i = 0; i < sequences.size(); i++) {
        float[][] expected = encoder.lastHiddenState(sequences.get(i));
        var tensor = written.tensor(String.valueOf(i));
        assertEquals(List.of((long) expected.length, (long) expected[0].length), tensor.shape());
        float[] values = tensor.toFloats();
        for (int row = 0; row < expected.length; row++) {
          int from = row * expected[row].length;
          assertArrayEquals(
              expected[row], Arrays.copyOfRange(values, from, from + expected[row].length));
        }
      }
    }
    Golden.report("sequences encoded on the command line", sequences.size());
  }

  @Test
  void encodeWritesWhatIsInsideTheModel() throws IOException {
    Path model = Golden.folders("checkpoints/plain", "config.json", "cases.json").getFirst();
    String output = folder.resolve("inside.safetensors").toString();
    byte[] ids = "[5,6,7]\n[8]\n".getBytes(StandardCharsets.UTF_8);
    List<String> command =
        List.of("encode", "--model", model.toString(), "--ids", "-", "--output", output);
    assertEquals(List.of(), run(ids, command, "--states", "0,3", "--attention", "1").lines());
    try (var encoder = ModernBertModel.load(model);
        var written = Checkpoint.open(Path.of(output))) {
      assertEquals(8, written.names().size());
      float[] states = written.tensor("0.state.3").requireShape(3, 64).toFloats();
      float[][] expected = encoder.hiddenStates(new int[] {5, 6, 7}).after(3);
      assertArrayEquals(expected[1], Arrays.copyOfRange(states, 64, 128));
      float[] maps = written.tensor("0.attention.1").requireShape(12, 3).toFloats();
      float[][] map = encoder.attentions(new int[] {5, 6, 7}, Set.of(1)).map(1, 2);
      assertArrayEquals(map[1], Arrays.copyOfRange(maps, 21, 24));
      written.tensor("1.state.0").requireShape(1, 64);
    }
    CliRun bad = run(ids, command, "--states", "9");
    assertEquals(2, bad.exitCode());
    assertTrue(bad.err().contains("layers: expected 0 to 7, found 9"), bad.err());
  }

  private static CliRun run(byte[] in, List<String> command, String... more) {
    return CliRun.with(in, Stream.concat(command.stream(), Stream.of(more)).toArray(String[]::new));
  }

  @Test
  void badIdsNameTheLineAndLeaveNothing() {
    for (String bad : List.of("", "[]", "{}", "[1", "[1.5]", "[-1]", "[1000000]", "[\"a\"]", "7")) {
      CliRun run = encodeIds("[1]\n" + bad + "\n");
      assertEquals(1, run.exitCode(), bad);
      assertTrue(run.err().contains("standard input, line 2: expected"), run.err());
      assertEquals(1, run.err().lines().count(), run.err());
      assertEquals(0, folder.toFile().list().length);
    }
    String tooLong = IntStream.range(0, 100_000).mapToObj(i -> "1").toList().toString();
    CliRun run = encodeIds(tooLong);
    assertTrue(run.err().contains("line 1: expected 1 to "), run.err());
  }

  private CliRun encodeIds(String input) {
    String model = Golden.folders("checkpoints/plain", "config.json").getFirst().toString();
    String output = folder.resolve("hidden.safetensors").toString();
    byte[] bytes = input.getBytes(StandardCharsets.UTF_8);
    return CliRun.with(bytes, "encode", "--model", model, "--ids", "-", "--output", output);
  }
}
