package io.github.modernbert.cli.commands;

import io.github.modernbert.LoadOptions;
import io.github.modernbert.TaskModel;
import io.github.modernbert.TaskOptions;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.input.TextSource;
import io.github.modernbert.cli.options.TaskModelOptions;
import io.github.modernbert.cli.options.TextOptions;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/**
 * The options and steps of commands that read each text with a model made for its task and write a
 * result for each. Memory does not grow with the number of texts.
 */
final class TextRun {
  @Mixin private TextOptions texts = new TextOptions();
  @Mixin private TaskModelOptions model = new TaskModelOptions();

  /** Computes the results of texts, in their order. */
  @FunctionalInterface
  interface Computation<M, O, R> {
    Stream<R> apply(M model, Stream<String> texts, O options);
  }

  /** The output for a text: lines with their ends, or none. */
  @FunctionalInterface
  interface Line<R> {
    /**
     * @param index number of the text, from 0
     */
    String of(long index, String text, R result);
  }

  /** Whether results are written as JSON. */
  boolean json() {
    return model.json();
  }

  /** The options of a task with those that all tasks have. */
  <O extends TaskOptions<O>> O applyTo(O options) {
    return model.applyTo(options);
  }

  /**
   * Checks the options, loads the model, and writes what a line makes of each result.
   *
   * @param options what the task is computed with
   * @return the command's exit code
   */
  <M extends TaskModel, O, R> int run(
      Console console,
      BiFunction<Path, LoadOptions, M> load,
      Supplier<O> options,
      Computation<M, O, R> task,
      Line<R> line)
      throws IOException {
    TextSource source = texts.source(console);
    O checked = model.check(options);
    try (M loaded = model.load(load)) {
      write(console, source, lines -> model.check(() -> task.apply(loaded, lines, checked)), line);
    }
    return ExitCode.OK;
  }

  private static <R> void write(
      Console console, TextSource source, Function<Stream<String>, Stream<R>> task, Line<R> line)
      throws IOException {
    Writer out = console.text();
    // Holds the texts whose results are under way: those of one group.
    var pending = new ArrayDeque<String>();
    try (Stream<String> lines = source.open();
        Stream<R> results = task.apply(lines.peek(pending::add))) {
      long index = 0;
      for (Iterator<R> each = results.iterator(); each.hasNext(); index++) {
        R result = each.next();
        out.write(line.of(index, pending.remove(), result));
        if (console.outIsTerminal()) {
          out.flush();
        }
      }
    }
    out.flush();
  }
}
