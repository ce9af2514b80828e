import org.jspecify.annotations.NullMarked;

/**
 * The files of a model: {@code config.json}, which is part of the API, and checkpoints and folders
 * of sentence-transformers, which only the library's own modules read.
 */
@NullMarked
module io.github.modernbert.weights {
  requires static org.jspecify;
  requires transitive io.github.modernbert.files;

  exports io.github.modernbert.config;
  exports io.github.modernbert.weights to
      io.github.modernbert.bench,
      io.github.modernbert.cli,
      io.github.modernbert.core,
      io.github.modernbert.djl;
}
