import org.jspecify.annotations.NullMarked;

/** ModernBERT-family encoders in pure Java: text in, vectors out. */
@NullMarked
module io.github.modernbert.core {
  requires static org.jspecify;
  requires transitive io.github.modernbert.files;
  requires transitive io.github.modernbert.tokenizer;
  requires transitive io.github.modernbert.weights;
  requires io.github.modernbert.kernels;
  requires jdk.jfr;
  requires jdk.management;

  exports io.github.modernbert;

  uses io.github.modernbert.ModelLocator;
}
