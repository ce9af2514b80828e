package io.github.modernbert.examples.lucene;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code run index}. */
@Command(
    name = "index",
    description =
        "Indexes the .txt and .md files below a folder. Later runs embed only what has changed.",
    mixinStandardHelpOptions = true)
final class IndexCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "FOLDER", description = "The folder of texts, in UTF-8.")
  private Path folder = Path.of("");

  @Mixin private ExampleOptions options = new ExampleOptions();

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try (var embedder = options.embedder()) {
      PassageIndex.Outcome outcome =
          PassageIndex.write(
              options.index(),
              new TextFolder(folder),
              new PromptedEmbedder(embedder),
              line -> {
                err.println("run: " + line);
                err.flush();
              });
      out.printf(
          "%d passages, %d dimensions, %s%n",
          outcome.passages(), embedder.dimension(), options.index());
      if (outcome.unchanged() > 0) {
        out.printf("%d of %d files had not changed%n", outcome.unchanged(), outcome.files());
      }
      return 0;
    }
  }
}
