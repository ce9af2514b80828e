import org.jspecify.annotations.NullMarked;

/** Models by name, from the Hugging Face Hub. */
@NullMarked
module io.github.modernbert.hub {
  requires static org.jspecify;
  requires transitive io.github.modernbert.core;
  requires com.google.gson;
  requires java.net.http;
  requires jdk.jfr;

  exports io.github.modernbert.hub;

  provides io.github.modernbert.ModelLocator with
      io.github.modernbert.hub.HubModelLocator;
}
