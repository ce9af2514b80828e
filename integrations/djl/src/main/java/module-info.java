import org.jspecify.annotations.NullMarked;

/** The engine {@code ModernBert} of the Deep Java Library. */
@NullMarked
module io.github.modernbert.djl {
  requires static org.jspecify;
  requires transitive ai.djl.api;
  requires io.github.modernbert.core;
  requires org.slf4j; // for ai.djl.api, which is an automatic module and cannot say so

  exports io.github.modernbert.djl;

  provides ai.djl.engine.EngineProvider with
      io.github.modernbert.djl.ModernBertEngineProvider;
}
