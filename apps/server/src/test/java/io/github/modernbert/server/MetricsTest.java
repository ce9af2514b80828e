package io.github.modernbert.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The metrics, as Prometheus reads them. */
final class MetricsTest {
  private static final Pattern SAMPLE =
      Pattern.compile("[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*})? [-+0-9.Ee]+");

  private static double sample(String metrics, String name) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findAny()
        .orElse(0);
  }

  @Test
  void everyLineIsOneOfTheFormat() {
    try (TestServer server = TestServer.start()) {
      server.post("/embed", "{\"inputs\": [\"bread\", \"rain and bread\"]}").ok();
      server.post("/embed", "{\"inputs\": \"\"}");
      TestServer.Answer answer = server.get("/metrics").ok();
      assertEquals(
          "text/plain; version=0.0.4; charset=utf-8", answer.header("content-type").orElseThrow());
      var families = new HashSet<String>();
      for (String line : answer.body().lines().toList()) {
        if (line.startsWith("# TYPE ")) {
          assertTrue(families.add(line.split(" ")[2]), line);
        } else if (!line.startsWith("# HELP ")) {
          assertTrue(SAMPLE.matcher(line).matches(), line);
        }
      }
      for (String name :
          List.of(
              "te_request_count",
              "te_request_success",
              "te_request_duration",
              "te_request_queue_duration",
              "te_request_inference_duration",
              "te_request_input_length",
              "te_embed_count",
              "te_embed_success",
              "te_queue_size",
              "te_batch_next_size",
              "te_batch_next_tokens",
              "modernbert_tokens_total",
              "modernbert_model_ready",
              "jvm_memory_used_bytes",
              "process_resident_memory_bytes")) {
        assertTrue(families.contains(name), name);
      }
    }
  }

  @Test
  void requestsAreCounted() {
    try (TestServer server = TestServer.start()) {
      server.post("/embed", "{\"inputs\": [\"bread\", \"rain\"]}").ok();
      server.post("/v1/embeddings", "{\"input\": \"bread\"}").ok();
      String metrics = server.get("/metrics").body();
      assertEquals(1, sample(metrics, "te_request_count{method=\"single\"}"));
      assertEquals(1, sample(metrics, "te_request_success{method=\"batch\"}"));
      assertEquals(3, sample(metrics, "te_embed_success"));
      assertEquals(2, sample(metrics, "te_request_inference_duration_count"));
      assertEquals(3, sample(metrics, "modernbert_texts_total{model=\"modernbert-mini\"}"));
      assertEquals(3, sample(metrics, "te_request_input_length_count"));
      // One for each request, after the one of the first call when the model is loaded.
      assertEquals(3, sample(metrics, "te_batch_next_size_bucket{le=\"2\"}"));
      assertEquals(3, sample(metrics, "modernbert_batch_requests_count"));
      assertTrue(sample(metrics, "te_request_tokenization_duration_sum") > 0);
    }
  }
}
