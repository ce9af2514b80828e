package io.github.modernbert.hub;

import io.github.modernbert.ModelLocator;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The service by which {@code TextEmbedder.load("organisation/name")} and all other {@code load}
 * methods download models, with a {@link HubClient} that has the settings of the environment.
 *
 * {@snippet file="io/github/modernbert/hub/SnippetsTest.java" region="by-name"}
 */
public final class HubModelLocator implements ModelLocator {
  /** Made by {@link java.util.ServiceLoader}. */
  public HubModelLocator() {}

  @Override
  public Optional<Path> locate(String name) {
    return HubClient.builder().build().locate(name);
  }
}
