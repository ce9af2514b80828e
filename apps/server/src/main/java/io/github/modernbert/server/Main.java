package io.github.modernbert.server;

import io.github.modernbert.server.config.Settings;
import io.github.modernbert.server.config.SettingsParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/** The program. */
public final class Main {
  /**
   * Carriers of virtual threads beside those that compute, so that probes are answered meanwhile.
   */
  private static final int SPARE_CARRIERS = 4;

  private static final String PARALLELISM = "jdk.virtualThreadScheduler.parallelism";

  private Main() {}

  /** Serves until a signal comes, and ends the process. */
  public static void main(String[] arguments) {
    int carriers = Runtime.getRuntime().availableProcessors() + SPARE_CARRIERS;
    if (System.getProperty(PARALLELISM) == null) {
      System.setProperty(PARALLELISM, Integer.toString(carriers));
    }
    // Runs the hooks of agents and of the Flight Recorder, and does not wait for threads.
    System.exit(run(arguments).number());
  }

  private static ExitCode run(String[] arguments) {
    var out = new PrintWriter(System.out, true);
    try {
      Optional<Settings> settings = SettingsParser.parse(arguments, System.getenv(), out);
      if (settings.isEmpty()) {
        return ExitCode.OK;
      }
      LogFormat.install(settings.get().logging());
      try (var application = new Application(settings.get(), version())) {
        application.start();
        StopSignals.install(application);
        application.loadInBackground();
        return application.awaitStop() ? ExitCode.OK : ExitCode.FAILED;
      }
    } catch (IllegalArgumentException e) {
      return fail(ExitCode.USAGE, oneLine(e) + " (see 'modernbert serve --help')");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return fail(isMemory(cause) ? ExitCode.MEMORY : ExitCode.MODEL, oneLine(cause));
    } catch (IOException e) {
      return fail(ExitCode.ADDRESS, oneLine(e));
    } catch (OutOfMemoryError e) {
      return fail(ExitCode.MEMORY, oneLine(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.FAILED;
    }
  }

  private static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  private static ExitCode fail(ExitCode code, String message) {
    System.err.println("modernbert: " + message);
    return code;
  }

  /** Whether memory was missing, which the library may tell in words of its own. */
  private static boolean isMemory(Throwable e) {
    return e instanceof OutOfMemoryError || e.getCause() != null && isMemory(e.getCause());
  }

  private static String oneLine(Throwable e) {
    String message = String.valueOf(e.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
    return isMemory(e)
        ? "not enough memory: "
            + message
            + "; MODERNBERT_JAVA_OPTIONS=-Xmx4g gives more, --weights bfloat16 and --precision int8"
            + " need less"
        : message;
  }
}
