package io.github.modernbert.cli.commands;

import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.input.TextSource;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Runs texts through a model and writes a result for each; memory does not grow with their number.
 */
final class TextLines {
  /** The output for a text: lines with their ends, or none. */
  interface Line<R> {
    /**
     * @param index number of the text, from 0
     */
    String of(long index, String text, R result);
  }

  private TextLines() {}

  /** Takes texts from a source, and writes what a line makes of their results. */
  static <R> void write(
      Console console, TextSource source, Function<Stream<String>, Stream<R>> model, Line<R> line)
      throws IOException {
    Writer out = console.text();
    // Holds the texts whose results are under way: those of one group.
    var texts = new ArrayDeque<String>();
    try (Stream<String> lines = source.open();
        Stream<R> results = model.apply(lines.peek(texts::add))) {
      long index = 0;
      for (Iterator<R> each = results.iterator(); each.hasNext(); index++) {
        R result = each.next();
        out.write(line.of(index, texts.remove(), result));
        if (console.outIsTerminal()) {
          out.flush();
        }
      }
    }
    out.flush();
  }
}
