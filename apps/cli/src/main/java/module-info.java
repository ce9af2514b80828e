import org.jspecify.annotations.NullMarked;

/** The {@code modernbert} command. */
@NullMarked
module io.github.modernbert.cli {
  requires static org.jspecify;
  requires io.github.modernbert.core;
  requires io.github.modernbert.hub;
  requires com.google.gson;
  requires info.picocli;
  requires java.logging;

  opens io.github.modernbert.cli.commands to
      info.picocli;
  opens io.github.modernbert.cli.options to
      info.picocli;
}
