package io.github.modernbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.console.LogLines;
import io.github.modernbert.cli.console.StandardOutput;
import io.github.modernbert.files.FileNames;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.LogManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every failure ends with one line that names it, and the right exit code. */
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
  void aFullDiskIsToldWithTheFile() throws IOException {
    assumeTrue(Files.exists(Path.of("/dev/full")), "there is a device that is always full");
    Path full = Files.createSymbolicLink(folder.resolve("full"), Path.of("/dev/full"));
    for (String format : List.of("jsonl", "csv", "npy", "safetensors")) {
      assertFailure(
          full + ": cannot be written: No space left on device",
          "embed",
          "--format",
          format,
          "-o",
          full.toString(),
          "a");
    }
  }

  /** A JVM in the locale C takes what is not ASCII for U+FFFD. */
  @Test
  void argumentsThatTheJvmCannotDecode() {
    String usual = System.setProperty("sun.jnu.encoding", "ANSI_X3.4-1968");
    try {
      assertUsage("arguments for ANSI_X3.4-1968: set", "tokenize", "Gr\uFFFD\uFFFDe");
      System.setProperty("sun.jnu.encoding", "UTF-8");
      assertEquals(0, CliRun.of("tokenize", "\uFFFD").exitCode());
    } finally {
      System.setProperty("sun.jnu.encoding", usual);
    }
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
    assertUsage("at most 4096, found 4097", "embed", "--threads", "4097", "text");
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
  void suggestionsAreNear() {
    assertUsage("did you mean embed", "embedd");
    assertUsage("did you mean embed", "embedding");
    assertUsage("did you mean fill-mask", "fillmask");
    assertUsage("did you mean similarity", "similarty");
    for (String word : List.of("version", "list", "download")) {
      String err = CliRun.of(word).err();
      assertFalse(err.contains("did you mean"), err);
    }
  }

  @Test
  void helpIsACommandToo() {
    assertEquals(CliRun.of("--help").lines(), CliRun.of("help").lines());
    assertEquals(CliRun.of("embed", "--help").lines(), CliRun.of("help", "embed").lines());
  }

  @Test
  void whatIsLoggedIsOneLineEach() throws IOException {
    var err = new StringWriter();
    var console =
        new Console(
            new ByteArrayInputStream(new byte[0]),
            OutputStream.nullOutputStream(),
            new PrintWriter(err, true),
            false,
            false,
            false);
    try {
      LogLines.install(console);
      var logger = System.getLogger("io.github.modernbert.cli.test");
      logger.log(System.Logger.Level.WARNING, "{0} is\n  odd", "this");
      logger.log(System.Logger.Level.INFO, "that");
      logger.log(System.Logger.Level.DEBUG, "not shown");
    } finally {
      LogManager.getLogManager().readConfiguration();
    }
    assertEquals(
        List.of("modernbert: warning: this is odd", "modernbert: that"),
        err.toString().lines().toList());
  }

  /** An argument with letters that the JVM cannot spell comes with others in their place. */
  @Test
  void fileNamesThatThisJvmCannotSpell() {
    String encoding = System.getProperty("sun.jnu.encoding");
    System.setProperty("sun.jnu.encoding", "US-ASCII");
    try {
      assertUsage("no name of a file", "embed", "--file", "a\0b", "--output", "x");
      String hint = FileNames.encodingHint("modèle");
      assertTrue(hint.contains("US-ASCII") && hint.contains("LC_ALL"), hint);
      assertEquals("", FileNames.encodingHint("model"));
    } finally {
      System.setProperty("sun.jnu.encoding", encoding);
    }
  }

  @Test
  void failures() throws IOException {
    String missing = folder.resolve("missing").toString();
    assertFailure(missing + ": file not found", "embed", "--file", missing);
    assertFailure(missing + ": file not found", "search", "a", "--file", missing);
    assertFailure(missing + ": folder not found", "embed", "--model", missing, "a");
    assertFailure(missing, "tokenize", "--model", missing, "a");
    assertFailure("tokenizer.json", "tokenize", "--model", folder.toString(), "a");
    assertFailure(folder + ": is a folder", "embed", "--file", folder.toString());
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
