package io.github.modernbert.cli.commands;

import io.github.modernbert.EmbedOptions;
import io.github.modernbert.Embedding;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.console.Messages;
import io.github.modernbert.cli.console.ProgressBar;
import io.github.modernbert.cli.input.TextSource;
import io.github.modernbert.cli.options.ModelOptions;
import io.github.modernbert.cli.options.PromptOptions;
import io.github.modernbert.cli.options.SpecialTokensOption;
import io.github.modernbert.cli.options.TextOptions;
import io.github.modernbert.cli.options.Usage;
import io.github.modernbert.cli.output.BinaryVectors;
import io.github.modernbert.cli.output.InterruptOnExit;
import io.github.modernbert.cli.output.OutputFormat;
import io.github.modernbert.cli.output.StagedFile;
import io.github.modernbert.cli.output.TextVectors;
import io.github.modernbert.cli.output.VectorWriter;
import io.github.modernbert.files.RegularFiles;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code modernbert embed}. */
@Command(
    name = "embed",
    description = "Writes the vector of each text.",
    sortOptions = false,
    footer = {
      "",
      "@|bold Examples|@",
      "  modernbert embed \"Where is the bakery?\"",
      "  modernbert embed --file texts.txt --output vectors.npy",
      "  modernbert embed --prompt query --dimensions 128 --normalize < questions.txt",
      "",
      "A line of jsonl is {\"index\":0,\"tokens\":12,\"truncated\":false,\"embedding\":[...]}, with"
          + " floats",
      "that read back to the same bits. npy is a float32 matrix with a row for each text;",
      "safetensors holds it as tensor 'embeddings'.",
    })
final class EmbedCommand implements ConsoleCommand {
  @Spec private CommandSpec command = CommandSpec.create();
  @Mixin private TextOptions texts = new TextOptions();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "${COMPLETION-CANDIDATES}. Default: as the name of --output ends; jsonl if it has no"
              + " ending, and for standard output.")
  private Optional<OutputFormat> format = Optional.empty();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write to a file instead of standard output.")
  private Optional<Path> output = Optional.empty();

  @Mixin private PromptOptions prompt = new PromptOptions();

  @Option(
      names = "--dimensions",
      paramLabel = "N",
      description = "Keep the first N dimensions (for models trained so: Matryoshka).")
  private Optional<Integer> dimensions = Optional.empty();

  @Option(names = "--normalize", description = "Scale vectors to length 1.")
  private boolean normalize;

  @Option(
      names = "--max-length",
      paramLabel = "N",
      description = "Read at most N tokens of a text, special ones included.")
  private Optional<Integer> maxLength = Optional.empty();

  @Option(
      names = "--no-truncate",
      description = "Fail at a text that is too long instead of cutting it.")
  private boolean noTruncate;

  @Mixin private SpecialTokensOption specialTokens = new SpecialTokensOption();
  @Mixin private ModelOptions model = new ModelOptions();

  @Override
  public int run(Console console) throws IOException {
    TextSource source = texts.source(console);
    checkOutput();
    OutputFormat chosen = Usage.check(command, this::chosenFormat);
    if (chosen.isBinary() && output.isEmpty() && console.outIsTerminal()) {
      throw Usage.error(
          command, chosen + " is no text for a terminal: add --output FILE, or redirect to a file");
    }
    boolean toTerminal = output.isEmpty() && console.outIsTerminal();
    boolean watched = console.errIsTerminal() && !toTerminal;
    OptionalLong total = watched ? source.count() : OptionalLong.empty();
    EmbedOptions options = Usage.check(command, this::options);
    try (TextEmbedder embedder = model.embedder();
        Stream<String> lines = source.open();
        var progress = new ProgressBar(console.err(), watched, total);
        Stream<Embedding> vectors =
            Usage.check(command, () -> embedder.embed(lines, options.progress(progress)))) {
      write(console, chosen, dimensions.orElse(embedder.dimension()), vectors.iterator());
      progress.erase();
      if (watched || Messages.isVerbose(command.commandLine())) {
        console.err().println(progress.summary());
      }
    }
    return ExitCode.OK;
  }

  private OutputFormat chosenFormat() {
    return format.or(() -> output.flatMap(OutputFormat::of)).orElse(OutputFormat.jsonl);
  }

  private void checkOutput() throws IOException {
    if (output.isPresent()) {
      StagedFile.requirePlace(output.get());
      Optional<Path> input = texts.file().filter(Files::exists);
      if (input.isPresent()
          && Files.exists(output.get())
          && Files.isSameFile(input.get(), output.get())) {
        throw Usage.error(
            command, "--output is the file that the texts are read from: " + input.get());
      }
    }
  }

  private EmbedOptions options() {
    EmbedOptions options =
        prompt.applyTo(EmbedOptions.defaults()).normalize(normalize).truncate(!noTruncate);
    options = specialTokens.applyTo(options);
    options = Usage.with(options, dimensions, EmbedOptions::dimensions);
    return Usage.with(options, maxLength, EmbedOptions::maxLength);
  }

  private void write(Console console, OutputFormat chosen, int columns, Iterator<Embedding> vectors)
      throws IOException {
    try {
      if (chosen.isBinary()) {
        InterruptOnExit.run(() -> writeBinary(console, chosen, columns, vectors));
      } else {
        writeText(console, chosen, columns, vectors);
      }
    } catch (IOException e) {
      throw output.isPresent() ? RegularFiles.unwritable(output.get(), e) : e;
    }
  }

  private void writeBinary(
      Console console, OutputFormat chosen, int columns, Iterator<Embedding> vectors)
      throws IOException {
    try (var file = new StagedFile(output, console);
        VectorWriter writer =
            chosen == OutputFormat.npy
                ? BinaryVectors.npy(file.path(), columns)
                : BinaryVectors.safetensors(file.path(), columns)) {
      writeAll(vectors, writer);
      file.deliver();
    }
  }

  private void writeText(
      Console console, OutputFormat chosen, int columns, Iterator<Embedding> vectors)
      throws IOException {
    Writer text =
        output.isPresent() ? Console.writer(Files.newOutputStream(output.get())) : console.text();
    try (VectorWriter writer =
        chosen == OutputFormat.csv ? TextVectors.csv(text, columns) : TextVectors.jsonLines(text)) {
      writeAll(vectors, writer);
    }
  }

  private static void writeAll(Iterator<Embedding> vectors, VectorWriter writer)
      throws IOException {
    for (long index = 0; vectors.hasNext(); index++) {
      writer.write(index, vectors.next());
    }
    writer.finish();
  }
}
