import org.jspecify.annotations.NullMarked;

/** The {@code modernbert serve} command: models behind HTTP. */
@NullMarked
module io.github.modernbert.server {
  requires static org.jspecify;
  requires io.github.modernbert.core;
  requires io.github.modernbert.hub;
  requires com.google.gson;
  requires info.picocli;
  requires java.logging;
  requires java.management;
  requires java.net.http;
  requires jdk.unsupported;
  requires org.eclipse.jetty.http;
  requires org.eclipse.jetty.io;
  requires org.eclipse.jetty.server;
  requires org.eclipse.jetty.unixdomain.server;
  requires org.eclipse.jetty.util;
  requires org.snakeyaml.engine;

  opens io.github.modernbert.server to
      info.picocli;
  opens io.github.modernbert.server.config to
      info.picocli;
}
