package io.github.modernbert.server;

import sun.misc.Signal;

/**
 * Stops the server when the system or a person asks for it: the first signal lets requests end, a
 * second one ends the process at once. Hooks of the JVM do not suffice: they see no second signal, and
 * the exit code would not be 0.
 */
final class StopSignals {
  private StopSignals() {}

  static void install(Application application) {
    for (String name : new String[] {"TERM", "INT"}) {
      var seen = new java.util.concurrent.atomic.AtomicBoolean();
      Signal.handle(
          new Signal(name),
          _ -> {
            if (seen.getAndSet(true)) {
              Runtime.getRuntime().halt(ExitCode.AT_ONCE.number());
            }
            application.stop();
          });
    }
  }
}
