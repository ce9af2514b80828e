package io.github.modernbert.server.config;

import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Finds values of flags that are not given: first in the environment, then in the file. An option
 * {@code --max-client-batch-size} is {@code MAX_CLIENT_BATCH_SIZE} there and {@code
 * max-client-batch-size} here, by each of its names.
 */
final class SettingSources implements IDefaultValueProvider {
  /** Containers put their own name into HOSTNAME, which is no address to listen at. */
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");

  private final Map<String, String> environment;
  private final Map<String, String> file;

  SettingSources(Map<String, String> environment, Map<String, String> file) {
    this.environment = environment;
    this.file = file;
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option)) {
      return null;
    }
    String found = null;
    for (String flag : option.names()) {
      String name = flag.replaceFirst("^-+", "");
      found = found == null ? file.get(name) : found;
    }
    for (String flag : option.names()) {
      String value = flag.startsWith("--") ? environment.get(variable(flag)) : null;
      if (value != null && !value.isEmpty() && isMeant(flag, value)) {
        return value;
      }
    }
    return found;
  }

  private static String variable(String flag) {
    return flag.substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
  }

  private static boolean isMeant(String flag, String value) {
    return !flag.equals("--hostname") || ADDRESS.matcher(value).matches();
  }

  /**
   * Checks that every name of the file is one of an option.
   *
   * @throws IllegalArgumentException if not
   */
  void requireKnownNames(CommandLine command) {
    var unknown = new TreeSet<>(file.keySet());
    command
        .getCommandSpec()
        .optionsMap()
        .keySet()
        .forEach(flag -> unknown.remove(flag.replaceFirst("^-+", "")));
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("the settings file has unknown names: " + unknown);
    }
  }
}
