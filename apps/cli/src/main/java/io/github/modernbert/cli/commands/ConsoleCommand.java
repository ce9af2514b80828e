package io.github.modernbert.cli.commands;

import io.github.modernbert.cli.console.Console;
import java.io.IOException;

/** A command whose options have been parsed. */
interface ConsoleCommand {
  /**
   * Runs it.
   *
   * @return the exit code
   */
  int run(Console console) throws IOException;
}
