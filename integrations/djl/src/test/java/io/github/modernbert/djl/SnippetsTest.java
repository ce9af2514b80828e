package io.github.modernbert.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.repository.zoo.Criteria;
import ai.djl.util.StringPair;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples of the Javadoc: compiled, and run on the bundled model or a golden one. */
final class SnippetsTest {
  @Test
  void embed() throws Exception {
    Path folder = Folders.mini();
    // @start region="embed"
    Criteria<String, float[]> criteria =
        Criteria.builder()
            .setTypes(String.class, float[].class)
            .optModelPath(folder)
            .optEngine("ModernBert")
            .optTranslatorFactory(new ModernBertTranslatorFactory())
            .optArgument("prompt", "query")
            .optOption("threads", "2")
            .build();
    try (var model = criteria.loadModel();
        var predictor = model.newPredictor()) {
      float[] vector = predictor.predict("Where is the bakery?");
      List<float[]> vectors = predictor.batchPredict(List.of("Bread is sold here.", "It rained."));
      System.out.println(vectors.size() + " more vectors of " + vector.length + " dimensions");
    }
    // @end
    assertEquals("ModernBert", criteria.getEngine());
  }

  @Test
  void rerank() throws Exception {
    Path folder = Folders.extra("tasks/reranker-prompts");
    // @start region="rerank"
    Criteria<StringPair[], float[][]> criteria =
        Criteria.builder()
            .setTypes(StringPair[].class, float[][].class)
            .optModelPath(folder)
            .optEngine("ModernBert")
            .optTranslatorFactory(new ModernBertTranslatorFactory())
            .build();
    try (var model = criteria.loadModel();
        var predictor = model.newPredictor()) {
      String query = "Where is the bakery?";
      float[][] scores =
          predictor.predict(
              new StringPair[] {
                new StringPair(query, "Bread is sold around the corner."),
                new StringPair(query, "It rained all day.")
              });
      System.out.println(scores[0][0] + " " + scores[1][0]);
    }
    // @end
  }

  @Test
  void zoo() throws Exception {
    Path folder = Folders.mini();
    // @start region="zoo"
    Criteria<String, float[]> criteria =
        Criteria.builder()
            .setTypes(String.class, float[].class)
            .optModelZoo(new ModernBertModelZoo(folder))
            .build();
    // @end
    try (var model = criteria.loadModel()) {
      assertTrue(model.getModelPath().endsWith("modernbert-mini"));
    }
  }
}
