package io.github.modernbert.cli.input;

import io.github.modernbert.cli.console.CommandException;
import io.github.modernbert.cli.console.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** A source of a command's texts. */
public sealed interface TextSource {
  /** All texts in their order; close it. */
  Stream<String> open() throws IOException;

  /** How many texts there are, if that can be told without taking them. */
  OptionalLong count() throws IOException;

  /** The arguments of the command. */
  record Arguments(List<String> texts) implements TextSource {
    @Override
    public Stream<String> open() {
      return texts.stream();
    }

    @Override
    public OptionalLong count() {
      return OptionalLong.of(texts.size());
    }
  }

  /** The lines of a file. */
  record LinesOfFile(Path file) implements TextSource {
    private static final int BUFFER_BYTES = 1 << 16;

    @Override
    public Stream<String> open() throws IOException {
      if (Files.isDirectory(file)) {
        throw new CommandException(file + ": is a folder, expected a file");
      }
      return new Utf8Lines(file.toString(), Files.newInputStream(file)).stream();
    }

    @Override
    public OptionalLong count() throws IOException {
      if (!Files.isRegularFile(file)) {
        return OptionalLong.empty();
      }
      long lines = 0;
      byte last = '\n';
      try (InputStream in = Files.newInputStream(file)) {
        var buffer = new byte[BUFFER_BYTES];
        for (int read; (read = in.read(buffer)) > 0; last = buffer[read - 1]) {
          for (int i = 0; i < read; i++) {
            lines += buffer[i] == '\n' ? 1 : 0;
          }
        }
      }
      return OptionalLong.of(last == '\n' ? lines : lines + 1);
    }
  }

  /** The lines of standard input. */
  record StandardInput(Console console) implements TextSource {
    @Override
    public Stream<String> open() {
      if (console.inIsTerminal()) {
        console.err().println("Reading texts from the keyboard, one a line; Ctrl-D ends them.");
      }
      return new Utf8Lines("standard input", console.in()).stream();
    }

    @Override
    public OptionalLong count() {
      return OptionalLong.empty();
    }
  }

  /** A file's lines, or those of standard input if it is called {@code -}. */
  static TextSource lines(Path file, Console console) {
    return file.toString().equals("-") ? new StandardInput(console) : new LinesOfFile(file);
  }
}
