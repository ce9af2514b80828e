import org.jspecify.annotations.NullMarked;

/** Checkpoint files: safetensors, {@code config.json} and the sentence-transformers folder. */
@NullMarked
module io.github.modernbert.weights {
  requires static org.jspecify;
  requires transitive io.github.modernbert.files;

  exports io.github.modernbert.weights;
}
