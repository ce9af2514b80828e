package io.github.modernbert.checks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation.
 *
 * @param name path relative to the project
 */
record MarkdownFile(Path path, String name, List<String> lines) {
  private static final Pattern FENCE = Pattern.compile("( *)```(\\S*) *(.*)");

  /**
   * A fenced block.
   *
   * @param line its first line in the file, from 1
   * @param language the first word behind the fence; empty if there is none
   * @param modules the other words
   * @param given what stands in a comment {@code <!-- given: … -->} above the fence, else empty
   */
  record Block(
      String page, int line, String language, List<String> modules, String given, String text) {
    @Override
    public String toString() {
      return page + ":" + line;
    }
  }

  /** All pages of the project, but not the Markdown that is test data or belongs to models. */
  static List<MarkdownFile> all() throws IOException {
    Path root = PomFile.root().folder();
    var pages = new ArrayList<MarkdownFile>();
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path path : tree.filter(p -> p.toString().endsWith(".md")).sorted().toList()) {
        String name = root.relativize(path).toString().replace('\\', '/');
        if (!name.startsWith("src-test-data/")
            && !name.contains("/src/")
            && !name.contains("/texts/")
            && !("/" + name).contains("/target/")
            && !("/" + name).contains("/.")) {
          pages.add(new MarkdownFile(path, name, Files.readAllLines(path)));
        }
      }
    }
    return pages;
  }

  /** The fenced blocks of a language on all pages. */
  static List<Block> blocks(String language) throws IOException {
    return all().stream()
        .flatMap(page -> page.blocks().stream())
        .filter(block -> block.language().equals(language))
        .toList();
  }

  /** The fenced blocks. */
  List<Block> blocks() {
    var blocks = new ArrayList<Block>();
    for (int i = 0; i < lines.size(); i++) {
      Matcher fence = FENCE.matcher(lines.get(i));
      if (fence.matches()) {
        int start = i + 1;
        String end = fence.group(1) + "```";
        for (i = start; !lines.get(i).equals(end); i++) {
          if (i + 1 == lines.size()) {
            throw new AssertionError("%s:%d: this block does not end".formatted(name, start));
          }
        }
        List<String> words =
            Stream.of(fence.group(3).split(" +")).filter(w -> !w.isEmpty()).toList();
        String text = String.join("\n", lines.subList(start, i)).stripIndent() + "\n";
        blocks.add(new Block(name, start + 1, fence.group(2), words, given(start - 2), text));
      }
    }
    return blocks;
  }

  private String given(int line) {
    String above = line < 0 ? "" : lines.get(line).strip();
    String start = "<!-- given:";
    return above.startsWith(start) && above.endsWith("-->")
        ? above.substring(start.length(), above.length() - "-->".length()).strip()
        : "";
  }

  /** The lines outside of fenced blocks. */
  List<String> prose() {
    var prose = new ArrayList<String>();
    boolean inside = false;
    for (String line : lines) {
      if (FENCE.matcher(line).matches()) {
        inside = !inside;
      } else if (!inside) {
        prose.add(line);
      }
    }
    return prose;
  }
}
