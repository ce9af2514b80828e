import org.jspecify.annotations.NullMarked;

/**
 * The base of all readers of model files: JSON that knows its place, and the exception that names
 * it.
 */
@NullMarked
module io.github.modernbert.files {
  requires static org.jspecify;
  requires com.google.gson;

  exports io.github.modernbert.files;
}
