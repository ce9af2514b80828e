package io.github.modernbert.server.metrics;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** The metrics that the JVM and the system have of the process. */
final class JvmMetrics {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final double MILLIS = 1e3;
  private static final int KILOBYTE = 1024;

  private JvmMetrics() {}

  static void addTo(Metrics metrics) {
    metrics.gauges(
        "jvm_memory_used_bytes",
        "Memory that the JVM uses; weights of models are beside it",
        "area",
        List.of("heap", "nonheap"),
        Function.identity(),
        area ->
            (area.equals("heap")
                    ? ManagementFactory.getMemoryMXBean().getHeapMemoryUsage()
                    : ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage())
                .getUsed());
    metrics.gauge(
        "jvm_memory_max_bytes", "The largest heap", () -> Runtime.getRuntime().maxMemory());
    metrics.gauge(
        "jvm_threads_current",
        "Platform threads",
        () -> ManagementFactory.getThreadMXBean().getThreadCount());
    metrics.growing(
        "jvm_gc_collection_seconds_sum",
        "Seconds of garbage collection",
        () ->
            ManagementFactory.getGarbageCollectorMXBeans().stream()
                    .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                    .sum()
                / MILLIS);
    metrics.gauge(
        "process_start_time_seconds",
        "When the process began, since 1970",
        () -> ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS);
    metrics.growing(
        "process_cpu_seconds_total",
        "Processor time of the process",
        () ->
            ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(time -> time.toNanos() / 1e9)
                .orElse(0.0));
    metrics.gauge(
        "process_resident_memory_bytes",
        "Memory of the process, weights included",
        JvmMetrics::residentBytes);
  }

  /** 0 where the system does not tell, which only Linux does. */
  private static double residentBytes() {
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KILOBYTE)
          .findAny()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
