package io.github.modernbert.cli.commands;

import io.github.modernbert.KernelChoice;
import io.github.modernbert.Precision;
import io.github.modernbert.WeightType;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.console.Messages;
import io.github.modernbert.cli.options.NamedModel;
import io.github.modernbert.cli.options.Usage;
import io.github.modernbert.files.FileNames;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** The command that all others are below. */
@Command(
    name = "modernbert",
    description =
        "Turns text into vectors with ModernBERT models, compares texts by them, and does what else"
            + " such models are trained for.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "@|bold Examples|@",
      "  modernbert similarity \"A cat sits on the mat.\" \"A kitten rests on a rug.\"",
      "  modernbert search \"opening hours\" --file notes.txt --top 5",
      "  modernbert embed --file texts.txt --output vectors.npy",
      "  modernbert embed --model ~/models/gte-modernbert-base \"Where is the bakery?\"",
      "  modernbert embed --model nomic-ai/modernbert-embed-base \"search_query: bakery\"",
      "",
      "Without --model a small English model is used that comes with the program; it makes",
      "vectors. Other tasks need a model made for them; 'info' tells what a model can do.",
      "'modernbert COMMAND --help' tells more about a command. 'modernbert serve' starts a server",
      "and has a help of its own.",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage.",
    })
public final class ModernBertCommand {
  private static final int HELP_COLUMNS = 96;

  /** All commands below, by their names. */
  private static final Map<String, Supplier<ConsoleCommand>> COMMANDS = commands();

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of an error, and how fast texts were embedded.")
  private boolean verbose;

  private ModernBertCommand() {}

  private static Map<String, Supplier<ConsoleCommand>> commands() {
    var commands = new LinkedHashMap<String, Supplier<ConsoleCommand>>();
    commands.put("embed", EmbedCommand::new);
    commands.put("similarity", SimilarityCommand::new);
    commands.put("search", SearchCommand::new);
    commands.put("rerank", RerankCommand::new);
    commands.put("colbert", ColBertCommand::new);
    commands.put("sparse", SparseCommand::new);
    commands.put("fill-mask", FillMaskCommand::new);
    commands.put("likelihood", LikelihoodCommand::new);
    commands.put("classify", ClassifyCommand::new);
    commands.put("zero-shot", ZeroShotCommand::new);
    commands.put("entities", EntitiesCommand::new);
    commands.put("answer", AnswerCommand::new);
    commands.put("choose", ChooseCommand::new);
    commands.put("tokenize", TokenizeCommand::new);
    commands.put("encode", EncodeCommand::new);
    commands.put("convert", ConvertCommand::new);
    commands.put("quantize", QuantizeCommand::new);
    commands.put("prepare", PrepareCommand::new);
    commands.put("info", InfoCommand::new);
    return Collections.unmodifiableMap(commands);
  }

  /**
   * Makes what runs a command line: with the one command that the first argument names, if it does,
   * since each takes ten milliseconds to set up; else with all.
   */
  public static CommandLine create(Console console, String... args) {
    var commands = new CommandLine(new ModernBertCommand());
    String first = args.length == 0 ? "" : args[0];
    COMMANDS.forEach((name, command) -> {
      if (first.equals(name) || !COMMANDS.containsKey(first)) {
        commands.addSubcommand(command.get());
      }
    });
    for (CommandLine command : commands.getSubcommands().values()) {
      command.getCommandSpec().addMixin("help", CommandSpec.forAnnotatedObject(new HelpOptions()));
    }
    commands.getCommandSpec().addMixin("help", CommandSpec.forAnnotatedObject(new HelpOptions()));
    return commands
        .addSubcommand(new CommandLine.HelpCommand())
        .registerConverter(NamedModel.class, name -> new NamedModel(name, console))
        .registerConverter(Path.class, Usage.converter(FileNames::path))
        .registerConverter(KernelChoice.class, Usage.converter(KernelChoice::of))
        .registerConverter(Precision.class, Usage.converter(Precision::of))
        .registerConverter(WeightType.class, Usage.converter(WeightType::of))
        .setOut(new PrintWriter(console.text()))
        .setErr(console.err())
        .setUsageHelpWidth(HELP_COLUMNS)
        .setColorScheme(
            new ColorScheme.Builder(CommandLine.Help.defaultColorScheme(ansi(console)))
                .commands(Style.bold)
                .build())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Messages::usage)
        .setExecutionExceptionHandler(Messages::failure)
        .setExecutionStrategy(parsed -> run(parsed, console));
  }

  private static int run(ParseResult parsed, Console console) {
    Integer helped = CommandLine.executeHelpRequest(parsed);
    if (helped != null) {
      return helped;
    }
    CommandLine last = parsed.asCommandLineList().getLast();
    if (!(last.getCommand() instanceof ConsoleCommand command)) {
      throw new ParameterException(last, "Missing command");
    }
    try {
      return command.run(console);
    } catch (ParameterException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new ExecutionException(last, "failed", e);
    }
  }

  private static CommandLine.Help.Ansi ansi(Console console) {
    boolean wanted = console.outIsTerminal() && System.getenv("NO_COLOR") == null;
    return wanted ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF;
  }

  /** The options that every command has. */
  @Command(versionProvider = Version.class)
  private static final class HelpOptions {
    @Option(
        names = {"-h", "--help"},
        usageHelp = true,
        description = "Show this help.")
    private boolean help;

    @Option(
        names = {"-V", "--version"},
        versionHelp = true,
        description = "Show the version.")
    private boolean version;
  }
}
