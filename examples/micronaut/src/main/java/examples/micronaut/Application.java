package examples.micronaut;

import io.github.modernbert.TextEmbedder;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.runtime.Micronaut;

/** Starts the application, and gives it one model that callers of all threads share. */
@Factory
public class Application {
  public static void main(String[] arguments) {
    Micronaut.run(Application.class, arguments);
  }

  /** Loaded when the application starts, closed when it ends. */
  @Context
  @Bean(preDestroy = "close")
  TextEmbedder embedder() {
    return TextEmbedder.bundled();
  }
}
