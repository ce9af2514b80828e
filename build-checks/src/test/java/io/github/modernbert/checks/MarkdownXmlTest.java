package io.github.modernbert.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.modernbert.checks.MarkdownFile.Block;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The dependencies that pages tell to add: artifacts that are published, of this version. */
final class MarkdownXmlTest {
  private static final Pattern ARTIFACT =
      Pattern.compile(
          "<groupId>io\\.github\\.modernbert</groupId>\\s*<artifactId>([^<]*)</artifactId>"
              + "(?:\\s*<version>([^<]*)</version>)?");

  @Test
  void dependenciesOfAllPagesExist() throws IOException {
    PomFile root = PomFile.root();
    String version = root.text("/project/version");
    var published = new TreeSet<String>();
    root.publishedModules().forEach(module -> published.add(module.artifactId()));
    var wrong = new ArrayList<String>();
    int found = 0;
    for (Block block : MarkdownFile.blocks("xml")) {
      Matcher artifact = ARTIFACT.matcher(block.text());
      while (artifact.find()) {
        found++;
        boolean right = artifact.group(2) == null || artifact.group(2).equals(version);
        if (!right || !published.contains(artifact.group(1))) {
          wrong.add("%s: %s %s".formatted(block, artifact.group(1), artifact.group(2)));
        }
      }
    }
    assertFalse(found == 0, "no page tells of a dependency");
    assertEquals(List.of(), wrong, "not published or not " + version);
  }
}
