package io.github.modernbert.codegen.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What the system says of the processor. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
@EnabledIf("io.github.modernbert.codegen.CodegenKernelsTest#canRun")
final class CpuFeaturesTest {
  @Test
  void areThoseThatTheSystemLists() throws IOException {
    Set<String> flags = flags();
    boolean avx512 = flags.containsAll(List.of("avx512f", "avx512dq", "avx512bw", "avx512vl"));
    assertEquals(
        new CpuFeatures(
            flags.containsAll(List.of("avx2", "fma")),
            avx512,
            avx512 && flags.contains("avx512_vnni"),
            avx512
                && flags.containsAll(List.of("amx_tile", "amx_int8"))
                && SystemCalls.requestTiles()),
        CpuFeatures.detect());
  }

  private static Set<String> flags() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
      if (line.startsWith("flags")) {
        return Set.copyOf(List.of(line.substring(line.indexOf(':') + 1).strip().split(" ")));
      }
    }
    throw new IOException("/proc/cpuinfo names no flags");
  }
}
