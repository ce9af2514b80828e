package io.github.modernbert.vector;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Tells whether HotSpot compiles operations on vectors with C2, without which they are slow. */
final class OptimisingCompiler {
  /**
   * Where Linux shows a process its own arguments. {@link ProcessHandle} and the beans of {@code
   * java.lang.management} show them everywhere, but take 10 to 20 ms of each start.
   */
  private static final Path ARGUMENTS = Path.of("/proc/self/cmdline");

  private static final List<String> VARIABLES =
      List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  private static final String LEVEL = "-XX:TieredStopAtLevel=";
  private static final int C2_LEVEL = 4;

  private OptimisingCompiler() {}

  /**
   * Whether C2 does not run.
   *
   * @param info {@code java.vm.info}, such as {@code mixed mode, emulated-client, sharing}; it
   *     tells of level 1 and of interpreting, not of the levels 0, 2 and 3
   * @param flags of the JVM, of which the last one of a name counts
   */
  static boolean isLeftOut(String info, List<String> flags) {
    if (info.contains("emulated-client") || info.contains("interpreted mode")) {
      return true;
    }
    int level = C2_LEVEL;
    boolean tiered = true;
    for (String flag : flags) {
      switch (flag) {
        case "-XX:-TieredCompilation" -> tiered = false;
        case "-XX:+TieredCompilation" -> tiered = true;
        default -> level = level(flag).orElse(level);
      }
    }
    return tiered && level < C2_LEVEL;
  }

  /** Whether C2 does not know operations on vectors; of several such flags the last one counts. */
  static boolean knowsNoVectors(List<String> flags) {
    return flags.lastIndexOf("-XX:-EnableVectorSupport")
        > flags.lastIndexOf("-XX:+EnableVectorSupport");
  }

  private static Optional<Integer> level(String flag) {
    return flag.matches(LEVEL + "[0-4]")
        ? Optional.of(Integer.valueOf(flag.substring(LEVEL.length())))
        : Optional.empty();
  }

  /** The flags that this JVM was started with; among them other arguments. */
  static List<String> flags() {
    var flags = new ArrayList<String>();
    for (String variable : VARIABLES) {
      String value = System.getenv(variable);
      if (value != null) {
        flags.addAll(Arrays.asList(value.split("\\s+")));
      }
    }
    try {
      String arguments = Files.readString(ARGUMENTS, StandardCharsets.ISO_8859_1);
      flags.addAll(Arrays.asList(arguments.split("\0")));
    } catch (IOException e) {
      // Another system: what the environment and java.vm.info say must do.
    }
    return flags;
  }
}
