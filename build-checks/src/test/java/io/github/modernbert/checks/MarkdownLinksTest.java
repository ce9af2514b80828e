package io.github.modernbert.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Links between pages, to files and to headings lead somewhere. */
final class MarkdownLinksTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]*)\\)");

  @Test
  void linksLeadSomewhere() throws IOException {
    List<MarkdownFile> pages = MarkdownFile.all();
    Map<Path, Set<String>> anchors = new HashMap<>();
    pages.forEach(page -> anchors.put(page.path(), anchors(page)));
    var broken = new ArrayList<String>();
    for (MarkdownFile page : pages) {
      for (String line : page.prose()) {
        Matcher link = LINK.matcher(line);
        while (link.find()) {
          String target = link.group(1);
          if (!target.startsWith("http") && !leads(page.path(), target, anchors)) {
            broken.add(page.name() + ": " + target);
          }
        }
      }
    }
    assertEquals(List.of(), broken, "links that lead nowhere");
  }

  private static boolean leads(Path from, String target, Map<Path, Set<String>> anchors) {
    int hash = target.indexOf('#');
    String file = hash < 0 ? target : target.substring(0, hash);
    Path to = file.isEmpty() ? from : from.resolveSibling(file).normalize();
    return hash < 0
        ? Files.exists(to)
        : anchors.getOrDefault(to, Set.of()).contains(target.substring(hash + 1));
  }

  /** Headings as links name them: small letters, digits, and hyphens for spaces. */
  private static Set<String> anchors(MarkdownFile page) {
    return page.prose().stream()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("^#+ +", "").toLowerCase(Locale.ROOT))
        .map(title -> title.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }
}
