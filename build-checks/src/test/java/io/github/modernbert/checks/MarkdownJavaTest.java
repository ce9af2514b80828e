package io.github.modernbert.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.checks.MarkdownFile.Block;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every {@code java} block of the documentation compiles, with what the dependency that the page
 * names brings along: {@code modernbert-core}. A block that needs more names the folders of the
 * modules behind the word {@code java}, such as {@code ```java integrations/djl}, and then has the
 * whole class path of these tests; the module must be a dependency of build-checks.
 *
 * <p>A block is a whole file if it declares a type or a module at its left margin; else it is the
 * body of a method, with the usual imports and its own. What it takes from earlier blocks stands
 * above it as the parameters of that method: {@code <!-- given: TextEmbedder embedder -->}.
 */
final class MarkdownJavaTest {
  /** The modules that a project with the dependency on core compiles against. */
  private static final List<String> CORE =
      List.of("core", "mini", "files", "weights", "tokenizer", "kernels", "vector");

  @TempDir private Path classes;

  @Test
  void javaOnAllPagesCompiles() throws IOException {
    List<Block> blocks = MarkdownFile.blocks("java");
    assertFalse(blocks.isEmpty(), "no page has Java");
    var wrong = new ArrayList<String>();
    for (Block block : blocks) {
      wrong.addAll(errors(block));
    }
    assertEquals("", String.join("\n", wrong), "errors");
  }

  @Test
  void whatDoesNotCompileIsSeen() throws IOException {
    var wrong = new Block("a.md", 7, "java", List.of(), "", "int a = 1;\nString b = a;\n");
    assertEquals(1, errors(wrong).size());
    assertTrue(errors(wrong).getFirst().startsWith("a.md:8: "), errors(wrong).toString());
    var given = new Block("a.md", 7, "java", List.of(), "int a", "String b = \"\" + a;\n");
    assertEquals(List.of(), errors(given));
    var type = new Block("a.md", 7, "java", List.of(), "", "class A {\n  Strin b;\n}\n");
    assertTrue(errors(type).getFirst().startsWith("a.md:8: "), errors(type).toString());
  }

  private List<String> errors(Block block) throws IOException {
    SnippetSource source = SnippetSource.of(block);
    String path = classPath(block);
    // One folder for each, for a module in it would be taken as that of the next block.
    Path output = Files.createTempDirectory(classes, "block");
    List<String> options =
        new ArrayList<>(List.of("-d", output.toString(), "-proc:none", "-Xlint:-options"));
    options.addAll(
        source.isModule() ? List.of("--module-path", path) : List.of("--class-path", path));
    var diagnostics = new DiagnosticCollector<JavaFileObject>();
    ToolProvider.getSystemJavaCompiler()
        .getTask(null, null, diagnostics, options, null, List.of(source))
        .call();
    return diagnostics.getDiagnostics().stream()
        .map(d ->
            "%s:%d: %s"
                .formatted(
                    block.page(),
                    block.line() + d.getLineNumber() - 1 - source.linesAbove(),
                    d.getMessage(null)))
        .toList();
  }

  private static String classPath(Block block) {
    List<String> all = List.of(System.getProperty("java.class.path").split(File.pathSeparator));
    Path root = PomFile.root().folder();
    for (String module : block.modules()) {
      assertTrue(
          all.stream().anyMatch(entry -> Path.of(entry).startsWith(root.resolve(module))),
          "%s: build-checks has no dependency on a module in the folder %s"
              .formatted(block, module));
    }
    Stream<String> visible =
        all.stream()
            .filter(entry ->
                !block.modules().isEmpty()
                    || CORE.stream()
                        .map(name -> root.resolve("modernbert-" + name))
                        .anyMatch(Path.of(entry)::startsWith));
    return visible.collect(Collectors.joining(File.pathSeparator));
  }
}
