package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.testdata.Accuracy;
import io.github.modernbert.testdata.Golden;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Chunks of texts, and their vectors in the context of the whole. */
final class ChunkerTest {
  private static final String TEXT =
      "The bakery opens at seven. Bread is sold until noon.\n\n"
          + "On Sundays it is closed.  Nobody knows why.\n- flour\n- water\n";

  private static TextEmbedder embedder;

  @BeforeAll
  static void load() {
    embedder = TextEmbedder.bundled();
  }

  @AfterAll
  static void close() {
    embedder.close();
  }

  private static List<String> split(String text, int maxTokens, int overlap) {
    return Chunker.of(embedder.tokenizer(), maxTokens).overlap(overlap).split(text).stream()
        .map(chunk -> chunk.of(text))
        .toList();
  }

  @Test
  void chunksEndWhereSentencesAndParagraphsDo() {
    assertEquals(List.of(TEXT.strip()), split(TEXT, 100, 0));
    assertEquals(
        List.of(
            "The bakery opens at seven. Bread is sold until noon.",
            "On Sundays it is closed.  Nobody knows why.\n- flour\n- water"),
        split(TEXT, 22, 0));
    assertEquals(
        List.of(
            "The bakery opens at seven.", "Bread is sold until noon.", "On Sundays it is closed."),
        split(TEXT, 11, 0).subList(0, 3));
    assertEquals(List.of(), split(" \n\t ", 9, 0));
    assertEquals(List.of(), split("", 9, 0));
  }

  @Test
  void endsAreRepeated() {
    String text = "One is here. Two is there. Three is gone. Four is back.";
    List<String> chunks = split(text, 12, 5);
    assertEquals("One is here. Two is there.", chunks.get(0));
    assertEquals("Two is there. Three is gone.", chunks.get(1));
    assertEquals("Three is gone. Four is back.", chunks.get(2));
    assertEquals(3, chunks.size());
  }

  @Test
  void everyChunkIsShortEnoughAndNothingIsLost() {
    var random = new Random(3);
    String[] parts = {
      "word ",
      "Sentence ends. ",
      "\n",
      "\n\n",
      "  ",
      "\uD83D\uDC68\u200D\uD83D\uDC69",
      "\u6F22\u5B57",
      "x".repeat(60),
      "e\u0301 ",
      "! "
    };
    for (int round = 0; round < 60; round++) {
      var text = new StringBuilder();
      for (int i = 0; i < 40; i++) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      String whole = text.toString();
      int max = 6 + random.nextInt(30);
      int overlap = random.nextInt(max - 3);
      List<Chunk> chunks = Chunker.of(embedder.tokenizer(), max).overlap(overlap).split(whole);
      int done = 0;
      int begin = -1;
      for (Chunk chunk : chunks) {
        assertTrue(chunk.start() > begin && chunk.end() > done, chunks.toString());
        if (chunk.start() > done) {
          assertTrue(whole.substring(done, chunk.start()).isBlank(), chunks.toString());
        }
        assertEquals(embedder.tokenizer().count(chunk.of(whole), true), chunk.tokens());
        boolean isOneCharacter = chunk.of(whole).codePoints().count() <= 3;
        assertTrue(chunk.tokens() <= max || isOneCharacter, chunk + " of " + max);
        begin = chunk.start();
        done = chunk.end();
      }
      assertTrue(whole.substring(done).isBlank());
    }
  }

  @Test
  void numbersThatDoNotFitAreRefused() {
    var e = assertThrows(IllegalArgumentException.class, () -> Chunker.of(embedder.tokenizer(), 2));
    assertEquals("maxTokens: the special tokens alone are 2, found 2", e.getMessage());
    Chunker chunker = Chunker.of(embedder.tokenizer(), 10);
    assertThrows(IllegalArgumentException.class, () -> chunker.overlap(8));
    assertThrows(IllegalArgumentException.class, () -> chunker.overlap(-1));
    assertThrows(IllegalArgumentException.class, () -> new Chunk(3, 3, 1));
    assertThrows(IllegalArgumentException.class, () -> new Chunk(0, 9, 1).of("short"));
  }

  @Test
  void lateChunksAreThoseOfTheReference() {
    JsonObject golden =
        Golden.json(Golden.project().resolve("src-test-data/golden-extra/vectors/late-chunks.json"))
            .getAsJsonObject();
    String text = golden.get("text").getAsString();
    var chunks = new ArrayList<Chunk>();
    for (JsonElement e : golden.getAsJsonArray("chunks")) {
      JsonArray range = e.getAsJsonArray();
      chunks.add(new Chunk(range.get(0).getAsInt(), range.get(1).getAsInt(), 0));
    }
    var accuracy = new Accuracy("late chunks");
    for (JsonElement e : golden.getAsJsonArray("cases")) {
      JsonObject c = e.getAsJsonObject();
      Path folder =
          Golden.project()
              .resolve("src-test-data/golden/sentence-transformers")
              .resolve(c.get("model").getAsString());
      try (var model = TextEmbedder.load(folder)) {
        Embeddings vectors = model.embedChunks(text, chunks, EmbedOptions.defaults());
        JsonArray expected = c.getAsJsonArray("vectors");
        double worst = 0;
        for (int i = 0; i < chunks.size(); i++) {
          float[] vector = vectors.vector(i);
          JsonArray truth = expected.get(i).getAsJsonArray();
          assertEquals(truth.size(), vector.length);
          for (int d = 0; d < vector.length; d++) {
            worst = Math.max(worst, Math.abs(truth.get(d).getAsDouble() - vector[d]));
          }
        }
        accuracy.judge(folder, worst, c.get("error_vs_truth").getAsDouble());
      }
    }
    accuracy.report();
  }

  @Test
  void chunksBehindTheTextAndModelsOfOneTokenAreRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> embedder.embedChunks("ab", List.of(new Chunk(0, 3, 1)), EmbedOptions.defaults()));
    assertEquals(0, embedder.embedChunks("ab", List.of(), EmbedOptions.defaults()).size());
    Path cls = Golden.project().resolve("src-test-data/golden/sentence-transformers/pool-cls");
    try (var model = TextEmbedder.load(cls)) {
      assertThrows(
          IllegalArgumentException.class,
          () -> model.embedChunks("ab", List.of(new Chunk(0, 1, 1)), EmbedOptions.defaults()));
    }
  }
}
