package io.github.modernbert.checks;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Models that docs/models.md calls checked rest on golden data that exists. */
final class SurveyTest {
  private static final Path ROOT =
      Path.of(System.getProperty("modernbert.root", "..")).toAbsolutePath().normalize();
  private static final List<Path> GOLDEN =
      Stream.of("src-test-data/golden", "src-test-data/golden-extra", "../shared/golden")
          .map(ROOT::resolve)
          .toList();

  /** Golden data that is too large for the repository and lies beside it, where it is at hand. */
  private static final List<String> BESIDE =
      List.of("tokenizers/modernbert", "tokenizers/published/");

  private static final Pattern NAME = Pattern.compile("`([^`]+)`");

  @Test
  void everyCheckedModelNamesItsGoldenData() throws IOException {
    int checked = 0;
    for (String line : Files.readAllLines(ROOT.resolve("docs/models.md"))) {
      if (!line.startsWith("| ") || !line.endsWith(" |")) {
        continue;
      }
      String[] cells = line.split("\\|");
      String status = cells[cells.length - 1];
      if (status.contains("checked")) {
        checked++;
        requireGolden(line, status);
      }
    }
    assertTrue(checked > 20, checked + " rows are checked");
  }

  private static void requireGolden(String line, String status) {
    Matcher name = NAME.matcher(status);
    boolean named = false;
    while (name.find()) {
      named = true;
      String data = name.group(1);
      boolean isBeside = BESIDE.stream().anyMatch(data::startsWith);
      boolean isThere = GOLDEN.stream().anyMatch(top -> Files.exists(top.resolve(data)));
      boolean canBeMissing = isBeside && !Files.exists(GOLDEN.getLast());
      assertTrue(isThere || canBeMissing, () -> "no golden data " + data + ": " + line);
    }
    assertTrue(named, () -> "names no golden data: " + line);
    assertFalse(status.isBlank());
  }
}
