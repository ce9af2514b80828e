package io.github.modernbert.examples.lucene;

import io.github.modernbert.TextEmbedder;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that both commands have. */
final class ExampleOptions {
  @Option(
      names = "--index",
      paramLabel = "DIR",
      description = "Where the index is. Default: ${DEFAULT-VALUE}.")
  private Path index = Path.of("lucene-index");

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Folder of an embedding model. Default: the bundled one.")
  private Optional<Path> model = Optional.empty();

  Path index() {
    return index;
  }

  TextEmbedder embedder() {
    return model.map(TextEmbedder::load).orElseGet(TextEmbedder::bundled);
  }
}
