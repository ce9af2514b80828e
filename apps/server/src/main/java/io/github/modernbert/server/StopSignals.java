package io.github.modernbert.server;

import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Stops the server when the system or a person asks for it: the first signal lets requests end, a
 * second one ends the process at once. Hooks of the JVM do not suffice: they see no second signal,
 * and the exit code would not be 0.
 *
 * <p>{@code sun.misc.Signal} is called by reflection, since the compiler warns of every other use
 * and no flag stops it.
 */
final class StopSignals {
  private StopSignals() {}

  /**
   * Takes over the signals TERM and INT.
   *
   * @throws IllegalStateException if this JVM has no {@code sun.misc.Signal}
   */
  static void install(Application application) {
    var seen = new AtomicBoolean();
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (_, _, _) -> {
                received(application, seen);
                return null;
              });
      for (String name : new String[] {"TERM", "INT"}) {
        signal
            .getMethod("handle", signal, handler)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("signals cannot be handled", e);
    }
  }

  private static void received(Application application, AtomicBoolean seen) {
    if (seen.getAndSet(true)) {
      Runtime.getRuntime().halt(ExitCode.AT_ONCE.number());
    }
    application.stop();
  }
}
