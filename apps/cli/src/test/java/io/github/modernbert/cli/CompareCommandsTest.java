package io.github.modernbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.modernbert.EmbedOptions;
import io.github.modernbert.Embeddings;
import io.github.modernbert.Similarity;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code similarity}, {@code search} and {@code info}. */
class CompareCommandsTest {
  private static final List<String> LINES =
      List.of(
          "The bakery opens at seven.", "", "A dog barks.", "Bread is sold here.", "A dog barks.");

  @TempDir private Path folder;

  @Test
  void similarityOfTwoTextsIsOneLine() {
    try (var embedder = TextEmbedder.bundled()) {
      float cosine = Similarity.cosine(embedder.embed("a cat"), embedder.embed("a dog"));
      assertEquals(
          List.of("%.4f  a cat  |  a dog".formatted(cosine)),
          CliRun.of("similarity", "a cat", "a dog").lines());
    }
  }

  @Test
  void similarityOfMoreIsATable() {
    List<String> lines = CliRun.of("similarity", "a", "b", "a").lines();
    assertEquals(4, lines.size());
    assertEquals(" 1 2 3", lines.getFirst().replaceAll(" +", " "));
    String[] last = lines.getLast().trim().split(" +");
    assertEquals("3", last[0]);
    assertEquals("1.0000", last[1]);
    assertEquals(lines.get(3).split(" +")[2], lines.get(2).split(" +")[3]);
  }

  @Test
  void similarityJsonHasTheExactMatrix() {
    List<String> texts = List.of("a <b>", "c", "\"d\"");
    String out = CliRun.of("similarity", "--json", texts.get(0), texts.get(1), texts.get(2)).out();
    JsonObject json = JsonParser.parseString(out).getAsJsonObject();
    assertEquals(
        texts, json.getAsJsonArray("texts").asList().stream().map(e -> e.getAsString()).toList());
    try (var embedder = TextEmbedder.bundled()) {
      float[][] expected = Similarity.cosineMatrix(embedder.embed(texts));
      JsonArray rows = json.getAsJsonArray("cosine");
      for (int i = 0; i < expected.length; i++) {
        for (int j = 0; j < expected.length; j++) {
          assertEquals(expected[i][j], rows.get(i).getAsJsonArray().get(j).getAsFloat());
        }
      }
    }
  }

  @Test
  void searchRanksWithTheModelsPrompts() throws IOException {
    Path file = Files.write(folder.resolve("lines.txt"), LINES);
    int checked = 0;
    for (Path model : Golden.folders("sentence-transformers", "modules.json", "1_Pooling")) {
      try (var embedder = TextEmbedder.load(model)) {
        float[] query = embedder.embed("bread?", EmbedOptions.defaults().prompt("query"));
        Embeddings lines = embedder.embed(LINES, EmbedOptions.defaults().prompt("document"));
        List<Similarity.Hit> expected = Similarity.topK(query, lines, 3);
        List<JsonObject> hits =
            CliRun.of(
                    "search",
                    "bread?",
                    "-f",
                    file.toString(),
                    "-k",
                    "3",
                    "--json",
                    "--model",
                    model.toString())
                .json();
        assertEquals(expected.size(), hits.size());
        for (int i = 0; i < hits.size(); i++) {
          assertEquals(i + 1, hits.get(i).get("rank").getAsInt());
          assertEquals(expected.get(i).index() + 1, hits.get(i).get("line").getAsInt());
          assertEquals(expected.get(i).score(), hits.get(i).get("score").getAsFloat());
          assertEquals(LINES.get(expected.get(i).index()), hits.get(i).get("text").getAsString());
        }
      }
      checked++;
    }
    Golden.report("models searched with", checked);
  }

  @Test
  void searchTakesStoredVectors() throws IOException {
    Path file = Files.write(folder.resolve("lines.txt"), LINES);
    List<String> fresh = CliRun.of("search", "bread", "-f", file.toString(), "-k", "3").lines();
    for (String name : List.of("lines.npy", "lines.safetensors")) {
      String vectors = folder.resolve(name).toString();
      assertEquals(
          0, CliRun.of("embed", "--file", file.toString(), "--output", vectors).exitCode());
      assertEquals(
          fresh,
          CliRun.of("search", "bread", "-f", file.toString(), "-k", "3", "--vectors", vectors)
              .lines());
      Path more = Files.write(folder.resolve("more.txt"), List.of("a", "b"));
      CliRun other = CliRun.of("search", "b", "-f", more.toString(), "--vectors", vectors);
      assertEquals(1, other.exitCode());
      assertTrue(
          other.err().contains("a vector for each of the 2 lines of " + more + ", found 5"),
          other.err());
    }
    Path narrow = folder.resolve("narrow.npy");
    CliRun.of("embed", "--dimensions", "8", "--file", file.toString(), "-o", narrow.toString());
    CliRun other = CliRun.of("search", "b", "-f", file.toString(), "--vectors", narrow.toString());
    assertTrue(other.err().contains("narrow.npy: expected vectors of"), other.err());
  }

  @Test
  void searchPrintsScoreLineAndText() throws IOException {
    Path file = Files.write(folder.resolve("lines.txt"), LINES);
    List<String> lines = CliRun.of("search", "bread", "-f", file.toString()).lines();
    assertEquals(LINES.size(), lines.size());
    assertTrue(lines.getFirst().matches("-?\\d\\.\\d{4}  \\d  .*"), lines.getFirst());
  }

  @Test
  void infoTellsWhatIsLoaded() {
    Path plain = Golden.folders("checkpoints/plain", "config.json").getFirst();
    CliRun bare = CliRun.of("info", "--model", plain.toString());
    assertEquals(1, bare.exitCode());
    assertTrue(bare.err().contains("tokenizer.json"), bare.err());

    JsonObject json =
        JsonParser.parseString(CliRun.of("info", "--json", "--threads", "1").out())
            .getAsJsonObject();
    try (var embedder = TextEmbedder.bundled()) {
      assertEquals(embedder.dimension(), json.get("dimension").getAsInt());
      assertEquals(embedder.maxLength(), json.get("max_length").getAsInt());
      assertEquals(embedder.kernels(), json.get("kernels").getAsString());
      assertEquals(embedder.info().parameters(), json.get("parameters").getAsLong());
      assertEquals(1, json.get("threads").getAsInt());
      String text = CliRun.of("info").out();
      assertTrue(text.contains(embedder.kernels()) && text.contains(embedder.info().steps()), text);
    }
  }

  @Test
  void precisionAndWeightsAreChosen() {
    List<String> narrow = List.of("--precision", "int8", "--weights", "bfloat16");
    JsonObject chosen = info(narrow);
    assertEquals("int8", chosen.get("precision").getAsString());
    assertEquals("bfloat16", chosen.get("weights").getAsString());
    JsonObject exact = info(List.of());
    assertEquals("float32", exact.get("precision").getAsString());
    assertEquals("float32", exact.get("weights").getAsString());
    long half = exact.get("weight_bytes").getAsLong() / 2;
    assertTrue(chosen.get("weight_bytes").getAsLong() < half, chosen + " against " + exact);
    var args = new ArrayList<>(List.of("info"));
    args.addAll(narrow);
    String text = CliRun.of(args.toArray(String[]::new)).out();
    assertTrue(text.contains("int8, weights as bfloat16"), text);
  }

  private static JsonObject info(List<String> options) {
    var args = new ArrayList<>(List.of("info", "--json"));
    args.addAll(options);
    CliRun run = CliRun.of(args.toArray(String[]::new));
    return JsonParser.parseString(run.out()).getAsJsonObject();
  }

  @Test
  void quantizedModelsAreLoadedAsSuch() {
    Path model = Golden.folders("sentence-transformers", "modules.json", "1_Pooling").getFirst();
    Path target = folder.resolve("int8");
    assertEquals(List.of(), CliRun.of("quantize", model.toString(), target.toString()).lines());
    String text = CliRun.of("info", "--model", target.toString()).out();
    assertTrue(text.contains("int8, weights as float32"), text);
    assertEquals(
        CliRun.of("embed", "--model", model.toString(), "--precision=int8", "A text.").lines(),
        CliRun.of("embed", "--model", target.toString(), "A text.").lines());
  }

  @Test
  void convertedModelsGiveTheSame() {
    Path model = Golden.folders("sentence-transformers", "modules.json", "1_Pooling").getFirst();
    Path target = folder.resolve("converted");
    assertEquals(List.of(), CliRun.of("convert", model.toString(), target.toString()).lines());
    assertEquals(
        CliRun.of("embed", "--model", model.toString(), "A text.").lines(),
        CliRun.of("embed", "--model", target.toString(), "A text.").lines());
  }

  @Test
  void infoSaysWhenPoolingIsAssumed() throws IOException {
    Path model = Golden.folders("sentence-transformers", "modules.json", "1_Pooling").getFirst();
    for (String file : List.of("config.json", "tokenizer.json", "model.safetensors")) {
      Files.copy(model.resolve(file), folder.resolve(file));
    }
    assertTrue(CliRun.of("info", "--model", folder.toString()).out().contains("(assumed"));
  }
}
