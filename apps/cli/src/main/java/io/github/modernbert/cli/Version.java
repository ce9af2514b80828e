package io.github.modernbert.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} says. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    @Nullable String version = Main.class.getPackage().getImplementationVersion();
    return new String[] {
      "modernbert " + (version == null ? "(development)" : version), "Java " + Runtime.version()
    };
  }
}
