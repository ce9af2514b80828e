package io.github.modernbert.examples.lucene;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/** The exit code and the output of a command. */
record Run(int exitCode, List<String> lines, String err) {
  static Run of(Object... args) {
    var out = new StringWriter();
    var err = new StringWriter();
    CommandLine commands =
        Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    var words = new String[args.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = args[i].toString();
    }
    int exitCode = commands.execute(words);
    return new Run(exitCode, out.toString().lines().toList(), err.toString().strip());
  }
}
