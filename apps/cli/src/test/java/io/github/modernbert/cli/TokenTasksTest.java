package io.github.modernbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.modernbert.ColBert;
import io.github.modernbert.FillMask;
import io.github.modernbert.FillMaskOptions;
import io.github.modernbert.PseudoLikelihood;
import io.github.modernbert.Similarity;
import io.github.modernbert.SparseEmbedding;
import io.github.modernbert.SparseEncoder;
import io.github.modernbert.SparseOptions;
import io.github.modernbert.TokenPrediction;
import io.github.modernbert.TokenWeight;
import io.github.modernbert.testdata.Golden;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code fill-mask}, {@code likelihood}, {@code sparse} and {@code colbert}. */
class TokenTasksTest {
  private static Path model(String part) {
    Path top = Golden.project().resolve("src-test-data/golden-extra").resolve(part);
    return Golden.folders(top, "config.json", "cases.json").getFirst();
  }

  private static byte[] lines(String... texts) {
    return String.join("\n", texts).getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void fillMaskPrintsTheBestTokens() {
    Path folder = model("fill-mask");
    String text = "It was [MASK] and [MASK].";
    List<String> out =
        CliRun.of("fill-mask", "--model", folder.toString(), "-k", "2", text).lines();
    assertEquals(5, out.size());
    assertEquals("", out.get(2));
    try (var filler = FillMask.load(folder)) {
      TokenPrediction best = filler.fill(text).getLast().best();
      assertEquals("%.4f".formatted(best.score()), out.get(3).split(" ")[0]);
      assertTrue(out.get(3).endsWith("  " + best.sequence()), out.get(3));
    }
  }

  @Test
  void fillMaskJsonHasTheKeysOfThePipeline() {
    Path folder = model("fill-mask");
    List<JsonObject> json =
        CliRun.with(
                lines("a [MASK]", "[MASK] <b>"),
                "fill-mask",
                "--model",
                folder.toString(),
                "--target",
                " th",
                "--target",
                "bl",
                "--json")
            .json();
    assertEquals(2, json.size());
    try (var filler = FillMask.load(folder)) {
      FillMaskOptions options = FillMaskOptions.defaults().targets(List.of(" th", "bl"));
      JsonObject mask = json.get(1).getAsJsonArray("masks").get(0).getAsJsonObject();
      assertEquals(6, mask.get("end").getAsInt());
      List<TokenPrediction> expected = filler.fill("[MASK] <b>", options).getFirst().predictions();
      JsonArray predictions = mask.getAsJsonArray("predictions");
      assertEquals(expected.size(), predictions.size());
      for (int i = 0; i < expected.size(); i++) {
        JsonObject actual = predictions.get(i).getAsJsonObject();
        assertEquals(expected.get(i).score(), actual.get("score").getAsFloat());
        assertEquals(expected.get(i).id(), actual.get("token").getAsInt());
        assertEquals(expected.get(i).token(), actual.get("token_str").getAsString());
        assertEquals(expected.get(i).sequence(), actual.get("sequence").getAsString());
      }
    }
  }

  @Test
  void likelihoodsOfTexts() {
    Path folder = model("fill-mask");
    String[] command = {"likelihood", "--model", folder.toString()};
    List<String> text = CliRun.with(lines("one two", "three"), command).lines();
    JsonObject json =
        CliRun.of(command[0], command[1], command[2], "--json", "one two").json().getFirst();
    try (var filler = FillMask.load(folder)) {
      PseudoLikelihood expected = filler.pseudoLikelihood("one two");
      assertEquals(
          "%.4f  %.4f  %d  |  one two"
              .formatted(expected.logLikelihood(), expected.perplexity(), expected.tokens().size()),
          text.getFirst());
      assertEquals(expected.logLikelihood(), json.get("log_likelihood").getAsDouble());
      assertEquals(expected.tokens().size(), json.getAsJsonArray("tokens").size());
    }
    assertEquals(2, text.size());
  }

  @Test
  void sparseWritesTheLargestWeights() {
    Path folder = Golden.project().resolve("src-test-data/golden-extra/sparse/sum-log1p");
    List<JsonObject> json =
        CliRun.with(
                lines("one two", "three"),
                "sparse",
                "--json",
                "--model",
                folder.toString(),
                "--top",
                "7",
                "--prompt",
                "query")
            .json();
    assertEquals(2, json.size());
    try (var encoder = SparseEncoder.load(folder)) {
      SparseEmbedding expected =
          encoder.encode("three", SparseOptions.defaults().prompt("query").maxActiveDims(7));
      JsonArray weights = json.get(1).getAsJsonArray("weights");
      assertEquals(7, weights.size());
      for (int i = 0; i < 7; i++) {
        JsonObject weight = weights.get(i).getAsJsonObject();
        TokenWeight wanted = expected.weights().get(i);
        assertEquals(wanted.id(), weight.get("id").getAsInt());
        assertEquals(wanted.token(), weight.get("token").getAsString());
        assertEquals(wanted.weight(), weight.get("weight").getAsFloat());
      }
    }
    assertTrue(
        CliRun.of("sparse", "--model", folder.toString(), "-k", "1", "three")
            .lines()
            .getFirst()
            .matches("\".+\" \\d\\.\\d{4}  \\|  three"));
    String all = CliRun.of("sparse", "--model", folder.toString(), "-k", "999", "a b").out();
    assertTrue(all.contains("\" "), "a token that begins with a space: " + all);
    assertFalse(all.contains("Ġ"), all);
    CliRun none = CliRun.of("sparse", "--model", folder.toString(), "--prompt", "none", "a");
    assertEquals(2, none.exitCode());
    assertTrue(none.err().contains("the model has no prompt 'none'"), none.err());
  }

  @Test
  void colbertRanksLines() {
    Path folder = Golden.project().resolve("src-test-data/golden-extra/multi-vector/pylate");
    String[] texts = {"The bakery opens at seven.", "", "A dog barks.", "Bread is sold here."};
    String[] command = {"colbert", "--model", folder.toString(), "bread", "-f", "-", "-k", "3"};
    List<String> out = CliRun.with(lines(texts), command).lines();
    try (var model = ColBert.load(folder)) {
      List<Similarity.Hit> hits = model.rank("bread", List.of(texts), 3);
      assertEquals(3, out.size());
      for (int i = 0; i < 3; i++) {
        Similarity.Hit hit = hits.get(i);
        assertEquals(
            "%.4f  %d  %s".formatted(hit.score(), hit.index() + 1, texts[hit.index()]), out.get(i));
      }
    }
    CliRun none = CliRun.of("colbert", "--model", folder.toString(), "a", "-f", "-", "-k", "0");
    assertEquals(2, none.exitCode());
    CliRun other = CliRun.of("colbert", "--model", model("fill-mask").toString(), "a", "-f", "-");
    assertTrue(other.err().contains("cannot do late-interaction"), other.err());
  }

  @Test
  void whatIsMissingIsNamed() {
    CliRun noModel = CliRun.of("fill-mask", "a [MASK]");
    assertEquals(2, noModel.exitCode());
    assertTrue(noModel.err().contains("'--model=MODEL'"), noModel.err());
    String folder = model("fill-mask").toString();
    CliRun noMask = CliRun.of("fill-mask", "--model", folder, "nothing");
    assertEquals(1, noMask.exitCode());
    assertTrue(noMask.err().contains("no [MASK] in the text"), noMask.err());
    CliRun noCount = CliRun.of("fill-mask", "--model", folder, "-k", "0", "[MASK]");
    assertEquals(2, noCount.exitCode());
    assertTrue(noCount.err().contains("topK must be at least 1"), noCount.err());
    Path other = Golden.folders("checkpoints/heads/question", "config.json").getFirst();
    CliRun noHead = CliRun.of("likelihood", "--model", other.toString(), "a");
    assertEquals(1, noHead.exitCode());
    assertTrue(noHead.err().contains("a question answering head"), noHead.err());
  }
}
