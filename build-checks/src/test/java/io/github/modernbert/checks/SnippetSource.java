package io.github.modernbert.checks;

import io.github.modernbert.checks.MarkdownFile.Block;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.SimpleJavaFileObject;

/** A block of a page as a source file. */
final class SnippetSource extends SimpleJavaFileObject {
  private static final Pattern TYPE =
      Pattern.compile(
          "(?m)^(?:public |final |sealed |abstract )*(class|record|interface|enum|module)"
              + " ([\\w.]+)");

  private static final String IMPORTS =
      "import io.github.modernbert.*; import io.github.modernbert.files.*; import java.io.*;"
          + " import java.nio.file.*; import java.util.*; import java.util.stream.*;";

  private final String content;
  private final boolean isModule;
  private final int linesAbove;

  private SnippetSource(String name, String content, boolean isModule, int linesAbove) {
    super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
    this.content = content;
    this.isModule = isModule;
    this.linesAbove = linesAbove;
  }

  static SnippetSource of(Block block) {
    Matcher type = TYPE.matcher(block.text());
    if (type.find()) {
      boolean isModule = type.group(1).equals("module");
      return new SnippetSource(isModule ? "module-info" : type.group(2), block.text(), isModule, 0);
    }
    // Imports go up and leave empty lines, so that those of errors stay right.
    String imports =
        block
            .text()
            .lines()
            .filter(line -> line.startsWith("import "))
            .collect(Collectors.joining(" "));
    String body = block.text().replaceAll("(?m)^import .*$", "");
    String content =
        "%s %s class Snippet { void run(%s) throws Exception {\n%s\n} }"
            .formatted(IMPORTS, imports, block.given(), body);
    return new SnippetSource("Snippet", content, false, 1);
  }

  boolean isModule() {
    return isModule;
  }

  /** How many lines stand above those of the block. */
  int linesAbove() {
    return linesAbove;
  }

  @Override
  public CharSequence getCharContent(boolean ignoreEncodingErrors) {
    return content;
  }
}
