import org.jspecify.annotations.NullMarked;

/** Searches a folder of text with Lucene. */
@NullMarked
module io.github.modernbert.examples.lucene {
  requires static org.jspecify;
  requires info.picocli;
  requires io.github.modernbert.core;
  requires java.logging;
  requires org.apache.lucene.analysis.common;
  requires org.apache.lucene.core;

  opens io.github.modernbert.examples.lucene to
      info.picocli;
}
