import org.jspecify.annotations.NullMarked;

/** The engine {@code ModernBert} of the Deep Java Library. */
@NullMarked
module io.github.modernbert.djl {
  requires static org.jspecify;
  requires transitive ai.djl.api;
  requires io.github.modernbert.core;

  exports io.github.modernbert.djl;

  provides ai.djl.engine.EngineProvider with
      io.github.modernbert.djl.ModernBertEngineProvider;
}
