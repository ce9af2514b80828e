package examples.quarkus;

import io.github.modernbert.TextEmbedder;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** One model for the whole application: callers of all threads share it. */
class EmbedderProducer {
  /** Loaded when the application starts, not with the first request. */
  @Produces
  @Singleton
  @Startup
  TextEmbedder embedder() {
    return TextEmbedder.bundled();
  }

  void close(@Disposes TextEmbedder embedder) {
    embedder.close();
  }
}
