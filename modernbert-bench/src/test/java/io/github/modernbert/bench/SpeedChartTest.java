package io.github.modernbert.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;

final class SpeedChartTest {
  private static final String PAGE =
      """
      Text.

      <!-- chart -->

      | workload | float32 | best peer | ÷ | int8 | best peer | ÷ |
      | --- | ---: | ---: | ---: | ---: | ---: | ---: |
      | one text | 300 | 200 | 1.50 | 1000 | 500 | 2.00 |
      | two texts | 600 | 300 | 2.00 | 4000 | 1000 | 4.00 |
      """;

  @Test
  void theChartInTheDocsIsTheOneOfTheTable() throws IOException {
    Path docs = Golden.project().resolve("docs");
    assertEquals(
        SpeedChart.draw(Files.readString(docs.resolve("PERFORMANCE.md"))),
        Files.readString(docs.resolve("images/speed.svg")),
        "draw it again by modernbert-bench/run chart");
  }

  @Test
  void barsAreInProportionToTheLargestRateOfTheirKind() {
    String svg = SpeedChart.draw(PAGE);
    assertTrue(svg.contains("<rect x=\"190\" y=\"92\" width=\"95\""), svg); // 300 of 600
    assertTrue(svg.contains("<rect x=\"190\" y=\"138\" width=\"190\""), svg);
    assertTrue(svg.contains("<rect x=\"535\" y=\"153\" width=\"48\""), svg); // 1000 of 4000
    assertTrue(svg.contains("300 · 1.50 ×"), svg);
  }

  @Test
  void theChartIsTheSameInEveryLocale() {
    String expected = SpeedChart.draw(PAGE);
    Locale usual = Locale.getDefault();
    Locale.setDefault(Locale.of("fa", "IR"));
    try {
      assertEquals(expected, SpeedChart.draw(PAGE));
    } finally {
      Locale.setDefault(usual);
    }
  }

  @Test
  void aPageWithoutTheMarkIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> SpeedChart.draw("| a | 1 |"));
  }
}
