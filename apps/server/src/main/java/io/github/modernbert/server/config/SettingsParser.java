package io.github.modernbert.server.config;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Reads settings from flags, then the environment, then a file; what none of them has is default.
 */
public final class SettingsParser {
  private static final int HELP_COLUMNS = 96;

  private SettingsParser() {}

  @Command(
      name = "modernbert serve",
      sortOptions = false,
      description =
          "Serves models over HTTP, with the APIs of text-embeddings-inference, OpenAI and Cohere."
              + " A page to try them is at the address itself, their description at /docs.",
      footer = {
        "",
        "Every option is also an environment variable (--max-client-batch-size is",
        "MAX_CLIENT_BATCH_SIZE) and a name in the settings file (max-client-batch-size). Flags"
            + " come",
        "before the environment, the environment before the file.",
        "",
        "Exit codes: 0 stopped by a signal, 1 failed, 2 wrong usage, 3 the address is in use, 4 a"
            + " model",
        "cannot be loaded, 5 not enough memory.",
      })
  private static final class Serve {
    @Mixin private Options options = new Options();

    @Option(
        names = {"-h", "--help"},
        usageHelp = true,
        order = 80,
        description = "Show this help.")
    private boolean help;
  }

  /**
   * Reads the settings.
   *
   * @param out where the help is printed
   * @return empty if help was asked for and printed
   * @throws IllegalArgumentException if there are no such settings; the message is for the user
   */
  public static Optional<Settings> parse(
      String[] arguments, Map<String, String> environment, PrintWriter out) {
    Path file = Options.configFile(arguments, environment);
    var sources =
        new SettingSources(environment, file == null ? Map.of() : SettingsFile.read(file));
    var serve = new Serve();
    CommandLine command =
        new CommandLine(serve)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setUsageHelpWidth(HELP_COLUMNS)
            .setDefaultValueProvider(sources);
    sources.requireKnownNames(command);
    try {
      command.parseArgs(arguments);
    } catch (ParameterException e) {
      throw new IllegalArgumentException(message(e), e);
    }
    if (serve.help) {
      command.usage(out);
      return Optional.empty();
    }
    return Optional.of(serve.options.settings());
  }

  private static String message(ParameterException e) {
    String near =
        e instanceof UnmatchedArgumentException unmatched && !unmatched.getSuggestions().isEmpty()
            ? "; did you mean " + unmatched.getSuggestions().getFirst() + "?"
            : "";
    return e.getMessage() + near;
  }
}
