package io.github.modernbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.console.StandardOutput;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong ends with one line that names it, and the right exit code. */
class MessagesTest {
  @TempDir private Path folder;

  private static void assertUsage(String part, String... args) {
    assertMessage(2, part, CliRun.of(args));
  }

  private static void assertFailure(String part, String... args) {
    assertMessage(1, part, CliRun.of(args));
  }

  private static void assertMessage(int exitCode, String part, CliRun run) {
    assertEquals(exitCode, run.exitCode(), run.err());
    assertTrue(run.err().contains(part), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertEquals("", run.out());
  }

  @Test
  void wrongUsage() throws IOException {
    Path file = Files.writeString(folder.resolve("texts.txt"), "a\n");
    assertUsage("Missing command");
    assertUsage("'embedd'", "embedd");
    assertUsage("--dimension", "embed", "--dimension=3", "text");
    assertUsage("TEXT", "similarity", "alone");
    assertUsage("--file", "search", "query");
    assertUsage("--ids", "encode", "--output", "x");
    assertUsage("--model", "encode", "--output", "x", "--ids", "y");
    assertUsage("not both", "embed", "--file", file.toString(), "text");
    assertUsage("mutually exclusive", "embed", "--prompt", "query", "--prompt-text", "a", "b");
    assertUsage("no prompt 'nosuch'", "embed", "--prompt", "nosuch", "text");
    assertUsage("found 100000", "embed", "--dimensions", "100000", "text");
    assertUsage("at least 1, found 0", "embed", "--dimensions", "0", "text");
    assertUsage("at least 1, found 0", "embed", "--max-length", "0", "text");
    assertUsage("at least 1, found 0", "embed", "--threads", "0", "text");
    assertUsage("at least 1, found -1", "embed", "--token-budget", "-1", "text");
    assertUsage("--top must be at least 1", "search", "a", "-f", file.toString(), "-k", "0");
    assertUsage("'fast'", "info", "--kernels", "fast");
    assertUsage("'int4'", "info", "--precision", "int4");
    assertUsage("'int8'", "info", "--weights", "int8");
    assertUsage("FOLDER", "quantize", folder.toString());
    assertUsage("'xml'", "embed", "--format", "xml", "text");
    assertUsage("read from", "embed", "-f", file.toString(), "-o", file.toString());
    assertEquals("a\n", Files.readString(file));
  }

  @Test
  void failures() throws IOException {
    String missing = folder.resolve("missing").toString();
    assertFailure(missing + ": file not found", "embed", "--file", missing);
    assertFailure(missing + ": file not found", "search", "a", "--file", missing);
    assertFailure(missing + ": folder not found", "embed", "--model", missing, "a");
    assertFailure(missing, "tokenize", "--model", missing, "a");
    assertFailure("tokenizer.json", "tokenize", "--model", folder.toString(), "a");
    assertFailure(folder + ": cannot be read", "embed", "--file", folder.toString());
    assertFailure("there is no folder", "embed", "--output", missing + "/x.npy", "a");
    assertFailure(missing + ": folder not found", "quantize", missing, missing);
    assertFailure(folder + ": exists already", "quantize", folder.toString(), folder.toString());
    assertFailure("is a folder", "embed", "--output", folder.toString(), "a");
    assertFailure("at most 3", "embed", "--max-length", "3", "--no-truncate", "a b c d");
  }

  @Test
  void malformedUtf8NamesFileAndLine() throws IOException {
    byte[] bytes = {'a', '\n', '\n', 'b', (byte) 0xC3, '\n', 'c'};
    Path file = Files.write(folder.resolve("latin.txt"), bytes);
    String place = ", line 3: not UTF-8, byte 2 of the line is 0xC3";
    assertFailure(file + place, "embed", "--file", file.toString());
    assertMessage(1, "standard input" + place, CliRun.with(bytes, "embed", "--format", "npy"));
    assertFailure(file + place, "search", "a", "--file", file.toString());
  }

  @Test
  void verboseShowsTheStackTrace() {
    String missing = folder.resolve("missing").toString();
    for (List<String> args :
        List.of(
            List.of("embed", "--verbose", "--file", missing),
            List.of("--verbose", "embed", "--file", missing))) {
      String err = CliRun.of(args.toArray(String[]::new)).err();
      assertTrue(err.contains("\tat "), err);
    }
  }

  @Test
  void helpAndVersionGoToStandardOutput() {
    for (String command :
        List.of(
            "embed",
            "similarity",
            "search",
            "rerank",
            "classify",
            "zero-shot",
            "entities",
            "answer",
            "choose",
            "tokenize",
            "encode",
            "quantize",
            "info")) {
      CliRun help = CliRun.of(command, "--help");
      assertTrue(help.lines().stream().anyMatch(line -> line.startsWith("Example")), help.out());
      assertFalse(help.out().contains("@|"), help.out());
      assertEquals("", help.err());
    }
    assertTrue(CliRun.of("--version").lines().getFirst().startsWith("modernbert "));
    assertTrue(CliRun.of("--help").out().contains("similarity"));
  }

  @Test
  void binaryFormatsAreNotForTerminals() {
    CliRun run = CliRun.onTerminal("embed", "--format", "npy", "a");
    assertMessage(2, "--output", run);
  }

  @Test
  void readerThatLeavesEndsQuietly() {
    assertEquals(0, runInto("Broken pipe", new StringWriter()));
  }

  @Test
  void fullDiskIsAFailure() {
    var err = new StringWriter();
    assertEquals(1, runInto("No space left on device", err));
    assertTrue(err.toString().contains("No space left on device"), err.toString());
  }

  private static int runInto(String problem, StringWriter err) {
    var out =
        new StandardOutput(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException(problem);
              }
            });
    var console =
        new Console(
            new ByteArrayInputStream(new byte[0]),
            out,
            new PrintWriter(err, true),
            false,
            false,
            false);
    return Main.run(console, "tokenize", "a");
  }
}
