package io.github.modernbert.bench.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class SoakTest {
  @Test
  void nothingEndsAsItShouldNot() throws InterruptedException {
    var bytes = new ByteArrayOutputStream();
    var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    long wrong = new Soak(out, 4, 8, 4, 1000).run();
    String report = bytes.toString(StandardCharsets.UTF_8);
    assertEquals(0, wrong, report);
    assertTrue(report.contains("| abandoned streams | 32 | 0 |"), report);
    assertTrue(report.contains("| one stream | 1,000 | 0 |"), report);
  }
}
