package io.github.modernbert.djl;

import static io.github.modernbert.djl.Failures.assertMistake;
import static io.github.modernbert.djl.Folders.TEXTS;
import static io.github.modernbert.djl.Folders.criteria;
import static io.github.modernbert.djl.Folders.extra;
import static io.github.modernbert.djl.Folders.mini;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.metric.Metrics;
import ai.djl.modality.Classifications;
import io.github.modernbert.TextEmbedder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Predictors in use: by many threads, with metrics, after closing, with inputs that are wrong. */
final class UseTest {
  @Test
  void onePredictorAndManyForManyThreads() throws Exception {
    try (var embedder = TextEmbedder.load(mini());
        var model = criteria(mini(), String.class, float[].class).build().loadModel();
        var shared = model.newPredictor();
        var threads = Executors.newFixedThreadPool(4)) {
      float[][] expected = embedder.embed(TEXTS).toArray();
      var calls = new ArrayList<Callable<float[][]>>();
      for (int i = 0; i < 8; i++) {
        calls.add(() -> shared.batchPredict(TEXTS).toArray(float[][]::new));
        calls.add(() -> {
          try (var own = model.newPredictor()) {
            return own.batchPredict(TEXTS).toArray(float[][]::new);
          }
        });
      }
      for (Future<float[][]> result : threads.invokeAll(calls)) {
        assertArrayEquals(expected, result.get());
      }
    }
  }

  @Test
  void metricsCountTheInference() throws Exception {
    try (var model = criteria(mini(), String.class, float[].class).build().loadModel();
        var predictor = model.newPredictor()) {
      var metrics = new Metrics();
      predictor.setMetrics(metrics);
      predictor.batchPredict(TEXTS);
      for (String name : List.of("Preprocess", "Inference", "Postprocess", "Prediction")) {
        assertEquals(1, metrics.getMetric(name).size(), name);
      }
    }
  }

  @Test
  void mistakesAreTheCause() throws Exception {
    try (var model =
            criteria(mini(), String.class, float[].class)
                .optArgument("truncation", "false")
                .optArgument("maxLength", "4")
                .build()
                .loadModel();
        var predictor = model.newPredictor();
        var arrays = criteria(mini(), String[].class, float[][].class).build().loadModel();
        var ofArrays = arrays.newPredictor()) {
      assertMistake("inputs[0]", () -> predictor.predict(null));
      assertMistake("inputs[1]", () -> predictor.batchPredict(Arrays.asList("a", null)));
      assertMistake("4", () -> predictor.predict("many words that do not fit into so few tokens"));
      assertMistake("inputs[0][0]", () -> ofArrays.predict(new String[] {null}));
      assertMistake("inputs[1]", () -> ofArrays.batchPredict(Arrays.asList(new String[0], null)));
    }
    try (var model =
            criteria(extra("fill-mask/tied"), String.class, Classifications.class)
                .build()
                .loadModel();
        var predictor = model.newPredictor()) {
      assertMistake("found 2", () -> predictor.predict("[MASK] and [MASK]"));
      assertMistake("no [MASK]", () -> predictor.predict("none"));
    }
  }

  @Test
  void interruption() throws Exception {
    try (var model = criteria(mini(), String.class, float[].class).build().loadModel();
        var predictor = model.newPredictor()) {
      Thread.currentThread().interrupt();
      try {
        Failures.assertCause(
            CancellationException.class, "interrupted", () -> predictor.predict("a text"));
      } finally {
        assertTrue(Thread.interrupted());
      }
    }
  }

  @Test
  void afterClosing() throws Exception {
    var model = criteria(mini(), String.class, float[].class).build().loadModel();
    var predictor = model.newPredictor();
    model.close();
    model.close();
    Failures.assertCause(IllegalStateException.class, "closed", () -> predictor.predict("a text"));
    assertThrows(IllegalStateException.class, model::newPredictor);
  }
}
