package io.github.modernbert.cli.options;

import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.input.TextSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Texts as arguments, from a file, or from standard input. */
public final class TextOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Parameters(
      paramLabel = "TEXT",
      arity = "0..*",
      description = "The texts. Without any, and without --file, each line of standard input.")
  private List<String> texts = List.of();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Each line of a file (UTF-8) is a text; an empty line is the empty text.")
  private Optional<Path> file = Optional.empty();

  public Optional<Path> file() {
    return file;
  }

  public TextSource source(Console console) {
    if (file.isPresent() && !texts.isEmpty()) {
      throw Usage.error(
          command,
          "Texts come from --file or from the arguments, not both: '" + texts.get(0) + "'");
    }
    if (file.isPresent()) {
      return TextSource.lines(file.get(), console);
    }
    return texts.isEmpty()
        ? new TextSource.StandardInput(console)
        : new TextSource.Arguments(texts);
  }
}
