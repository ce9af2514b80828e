package io.github.modernbert.cli.console;

import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * The three streams of a process, and which of them are a person's terminal. Text is UTF-8 whatever
 * the locale.
 *
 * @param out results only
 * @param err everything else
 */
public record Console(
    InputStream in,
    OutputStream out,
    PrintWriter err,
    boolean inIsTerminal,
    boolean outIsTerminal,
    boolean errIsTerminal) {
  /** Set by the launcher script, since the JDK cannot tell the streams apart. */
  private static final String TERMINALS = "modernbert.terminals";

  private static final int BUFFER_CHARS = 1 << 16;

  public static Console ofProcess() {
    Set<String> terminals = Set.of(System.getProperty(TERMINALS, "").split(","));
    return new Console(
        new FileInputStream(FileDescriptor.in),
        new StandardOutput(new FileOutputStream(FileDescriptor.out)),
        new PrintWriter(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        terminals.contains("stdin"),
        terminals.contains("stdout"),
        terminals.contains("stderr"));
  }

  /** A buffered writer to standard output; flush it at the end. */
  public Writer text() {
    return writer(out);
  }

  public static Writer writer(OutputStream out) {
    return new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), BUFFER_CHARS);
  }
}
