import org.jspecify.annotations.NullMarked;

/** Golden data of the reference, for tests. */
@NullMarked
module io.github.modernbert.testdata {
  requires static org.jspecify;
  requires transitive com.google.gson;

  exports io.github.modernbert.testdata;
}
