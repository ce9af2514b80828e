package io.github.modernbert.cli.commands;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/** The text of {@code --version}. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    @Nullable String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      "modernbert " + (version == null ? "(development)" : version), "Java " + Runtime.version()
    };
  }
}
