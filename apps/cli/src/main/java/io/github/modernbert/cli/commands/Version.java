package io.github.modernbert.cli.commands;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} says. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    @Nullable String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      "modernbert " + (version == null ? "(development)" : version), "Java " + Runtime.version()
    };
  }
}
