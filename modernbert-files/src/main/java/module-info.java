import org.jspecify.annotations.NullMarked;

/**
 * What all readers of model files share: JSON that knows its place, and the exception that names
 * it.
 */
@NullMarked
module io.github.modernbert.files {
  requires static org.jspecify;
  requires com.google.gson;

  exports io.github.modernbert.files;
}
