package io.github.modernbert.bench.charts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.bench.charts.Recorded.Pair;
import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChartsTest {
  private static final String RUN =
      """
      {"results": [
        {"threads": 1, "workload": "1 × 16", "contestant": "ours", "precision": "FP32",
         "tokens": 16, "seconds": [0.1, 0.04, 0.05]},
        {"threads": 1, "workload": "1 × 16", "contestant": "onnxruntime", "precision": "FP32",
         "tokens": 16, "seconds": [0.16]},
        {"threads": 1, "workload": "1 × 16", "contestant": "openvino", "precision": "FP32",
         "tokens": 16, "seconds": [0.08]},
        {"threads": 2, "workload": "1 × 16", "contestant": "openvino", "precision": "FP32",
         "tokens": 16, "seconds": [0.01]},
        {"threads": 1, "workload": "1 × 16", "contestant": "ours-int8", "precision": "INT8",
         "tokens": 16, "seconds": [0.01]},
        {"threads": 1, "workload": "1 × 16", "contestant": "openvino-int8", "precision": "INT8",
         "tokens": 16, "seconds": [0.02]}
      ]}
      """;

  @TempDir private Path docs;

  private Path machine() throws IOException {
    Path folder = Files.createDirectories(docs.resolve("results/one"));
    Files.writeString(folder.resolve("machine.txt"), "A processor\n");
    Files.writeString(folder.resolve("float32.json"), RUN);
    Files.writeString(folder.resolve("int8.json"), RUN);
    return folder;
  }

  @Test
  void theDocumentationShowsTheRecordedResults() throws IOException {
    Path project = Golden.project().resolve("docs");
    for (Map.Entry<String, String> picture : Charts.pictures(project).entrySet()) {
      assertEquals(
          picture.getValue(),
          Files.readString(project.resolve("images").resolve(picture.getKey())),
          "draw it again by modernbert-bench/run chart");
    }
    String page = Files.readString(project.resolve("PERFORMANCE.md"));
    assertEquals(Charts.withTables(page, project), page, "run modernbert-bench/run chart");
  }

  @Test
  void theMedianOfOneThreadCountsBesideTheFastestPeer() throws IOException {
    Recorded results = Recorded.read(machine());
    assertEquals("A processor", results.machine());
    assertEquals(List.of(new Pair("1 × 16", 320, "openvino", 200)), results.float32());
    assertEquals(List.of(new Pair("1 × 16", 1600, "openvino-int8", 800)), results.int8());
  }

  @Test
  void tablesAreWrittenBetweenTheirMarks() throws IOException {
    machine();
    String page = "Before.\n\n<!-- table: one -->\nold\n<!-- end -->\n\nAfter.\n";
    assertEquals(
        """
        Before.

        <!-- table: one -->

        | workload | float32 | best peer | ÷ | int8 | best peer | ÷ |
        | --- | ---: | ---: | ---: | ---: | ---: | ---: |
        | one text of 16 tokens | 320 | 200 (OpenVINO) | 1.60 | 1600 | 800 (OpenVINO) | 2.00 |

        <!-- end -->

        After.
        """,
        Charts.withTables(page, docs));
    assertThrows(IllegalArgumentException.class, () -> Charts.withTables("no mark", docs));
  }

  @Test
  void barsAreInProportionToTheLargestRateOfTheirKind() {
    var results =
        new Recorded(
            "A & B",
            List.of(new Pair("1 × 16", 300, "p", 200), new Pair("2 × 16", 600, "p", 300)),
            List.of(new Pair("2 × 16", 4000, "p", 1000)),
            Map.of());
    String svg = Charts.speed(results);
    assertTrue(svg.contains("<rect x=\"215\" y=\"92\" width=\"85\""), svg); // 300 of 600
    assertTrue(svg.contains("<rect x=\"215\" y=\"138\" width=\"170\""), svg);
    assertTrue(svg.contains("<rect x=\"550\" y=\"153\" width=\"43\""), svg); // 1000 of 4000
    assertTrue(svg.contains("300 · 1.50 ×"), svg);
    assertTrue(svg.contains("A &amp; B"), svg);
  }
}
