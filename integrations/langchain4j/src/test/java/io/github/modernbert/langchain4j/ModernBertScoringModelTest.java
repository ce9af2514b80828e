package io.github.modernbert.langchain4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import io.github.modernbert.CrossEncoder;
import io.github.modernbert.CrossEncoderOptions;
import io.github.modernbert.PairScores;
import io.github.modernbert.TextPair;
import io.github.modernbert.testdata.Accuracy;
import io.github.modernbert.testdata.Golden;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** The scoring model through LangChain4j's interface, against the reference and the encoder. */
final class ModernBertScoringModelTest {
  private static final Path FOLDER = Golden.root().resolve("sentence-transformers/cross-one-label");

  @Test
  void scoresAreThoseOfTheReference() {
    JsonObject golden = Golden.json(FOLDER.resolve("cases.json")).getAsJsonObject();
    JsonObject rank = golden.getAsJsonObject("rank");
    String query = rank.get("query").getAsString();
    JsonArray documents = rank.getAsJsonArray("documents");
    // The expected scores are float32: they have an error of their own.
    double error = golden.get("error_vs_truth").getAsDouble();
    int checked = 0;
    try (var model = new ModernBertScoringModel(FOLDER.toString())) {
      for (JsonElement entry : rank.getAsJsonArray("result")) {
        JsonObject expected = entry.getAsJsonObject();
        String document = documents.get(expected.get("corpus_id").getAsInt()).getAsString();
        if (!document.isBlank()) { // which LangChain4j does not take
          double score = model.score(document, query).content();
          assertEquals(expected.get("score").getAsDouble(), score, Accuracy.allowed(error) + error);
          checked++;
        }
      }
    }
    Golden.report("scores through LangChain4j", checked);
  }

  @Test
  void scoresAndTokensAreThoseOfTheEncoder() {
    var encoder = CrossEncoder.load(FOLDER);
    CrossEncoderOptions options = CrossEncoderOptions.defaults().maxLength(12);
    try (var model = new ModernBertScoringModel(encoder, options)) {
      List<String> texts = List.of("matrix", "a vector is small", "attention ".repeat(40));
      List<PairScores> expected =
          encoder.predict(texts.stream().map(t -> new TextPair("weight", t)).toList(), options);
      Response<List<Double>> found =
          model.scoreAll(texts.stream().map(TextSegment::from).toList(), "weight");
      for (int i = 0; i < texts.size(); i++) {
        assertEquals((double) expected.get(i).value(), found.content().get(i));
      }
      assertEquals(
          new TokenUsage(expected.stream().mapToInt(PairScores::tokens).sum()), found.tokenUsage());
      assertTrue(expected.getLast().truncated());
      assertEquals(found.content().getFirst(), model.score("matrix", "weight").content());
      assertEquals(List.of(), model.scoreAll(List.of(), "weight").content());
    }
    encoder.close();
  }

  @Test
  @NullUnmarked // nulls are tested
  void wantsOneLabelAndTexts() {
    String labels = Golden.root().resolve("sentence-transformers/cross-three-labels").toString();
    var error =
        assertThrows(IllegalArgumentException.class, () -> new ModernBertScoringModel(labels));
    assertTrue(error.toString().contains("one label"), error.toString());
    try (var model = new ModernBertScoringModel(FOLDER.toString())) {
      List<TextSegment> segments = List.of(TextSegment.from("a"));
      assertThrows(IllegalArgumentException.class, () -> model.scoreAll(segments, null));
      assertThrows(IllegalArgumentException.class, () -> model.scoreAll(null, "a"));
    }
  }
}
