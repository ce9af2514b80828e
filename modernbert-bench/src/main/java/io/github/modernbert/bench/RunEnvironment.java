package io.github.modernbert.bench;

import io.github.modernbert.TextEmbedder;
import io.github.modernbert.kernels.KernelSelection;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where and with what a run was made. */
public final class RunEnvironment {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final List<String> CHECKOUT =
      List.of("-Dmodernbert.bench=", "-Dmodernbert.root=", "-Dmodernbert.golden=");

  private RunEnvironment() {}

  /**
   * Names and values for a report.
   *
   * @throws UnsupportedOperationException if the vector kernels cannot run; says what to do
   */
  public static Map<String, String> describe() {
    RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
    var system = ManagementFactory.getOperatingSystemMXBean();
    var facts = new LinkedHashMap<String, String>();
    facts.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    facts.put("CPU", cpu());
    facts.put("cores", Integer.toString(system.getAvailableProcessors()));
    facts.put("load before", String.format(Locale.ROOT, "%.2f", system.getSystemLoadAverage()));
    facts.put("system", system.getName() + " " + system.getVersion() + " " + system.getArch());
    facts.put("JDK", runtime.getVmName() + " " + Runtime.version());
    facts.put("flags", flags(runtime));
    facts.put(
        "kernels",
        KernelSelection.select("vector").name() + ", " + KernelSelection.select("portable").name());
    facts.put("preferred species", FmaChains.SPECIES.toString());
    facts.put("modernbert", version(TextEmbedder.class));
    facts.put("JMH", org.openjdk.jmh.util.Version.getPlainVersion());
    return facts;
  }

  /** The flags of this JVM, without the properties that say where the checkout lies. */
  private static String flags(RuntimeMXBean runtime) {
    return runtime.getInputArguments().stream()
        .filter(flag -> CHECKOUT.stream().noneMatch(flag::startsWith))
        .collect(Collectors.joining(" "));
  }

  private static String version(Class<?> type) {
    return Objects.requireNonNullElse(type.getPackage().getImplementationVersion(), "unknown");
  }

  private static String cpu() {
    String other =
        Objects.requireNonNullElse(
            System.getenv("PROCESSOR_IDENTIFIER"), System.getProperty("os.arch"));
    if (!Files.isReadable(CPU_INFO)) {
      return other;
    }
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(other);
    } catch (IOException e) {
      return other;
    }
  }
}
