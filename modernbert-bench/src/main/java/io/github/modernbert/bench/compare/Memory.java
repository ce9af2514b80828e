package io.github.modernbert.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Memory of a process, in bytes; zero where the system does not tell.
 *
 * @param resident now ({@code VmRSS})
 * @param peak at most so far ({@code VmHWM})
 */
public record Memory(long resident, long peak) {
  /** The memory of this process. */
  public static Memory own() {
    try {
      return parse(Files.readAllLines(Path.of("/proc/self/status")));
    } catch (IOException e) {
      return new Memory(0, 0);
    }
  }

  /** From the lines of {@code /proc/self/status}. */
  static Memory parse(List<String> lines) {
    return new Memory(bytes(lines, "VmRSS:"), bytes(lines, "VmHWM:"));
  }

  private static long bytes(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).replace("kB", "").strip())
        .mapToLong(kilobytes -> Long.parseLong(kilobytes) * 1024)
        .findFirst()
        .orElse(0);
  }
}
