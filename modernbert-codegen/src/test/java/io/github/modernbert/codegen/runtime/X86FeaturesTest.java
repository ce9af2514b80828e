package io.github.modernbert.codegen.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.modernbert.codegen.asm.CpuFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The features of the processor, as the system lists them. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
@EnabledIf("io.github.modernbert.codegen.CodegenKernelsTest#canRun")
final class X86FeaturesTest {
  @Test
  void areThoseThatTheSystemLists() throws IOException {
    Set<String> flags = flags();
    Map<CpuFeature, String> names = new EnumMap<>(CpuFeature.class);
    names.put(CpuFeature.AVX, "avx");
    names.put(CpuFeature.AVX2, "avx2");
    names.put(CpuFeature.FMA, "fma");
    names.put(CpuFeature.AVX_VNNI, "avx_vnni");
    names.put(CpuFeature.AVX512BW, "avx512bw");
    names.put(CpuFeature.AVX512F, "avx512f");
    names.put(CpuFeature.AVX512DQ, "avx512dq");
    names.put(CpuFeature.AVX512VL, "avx512vl");
    names.put(CpuFeature.AVX512_VNNI, "avx512_vnni");
    if (flags.containsAll(List.of("amx_tile", "amx_int8")) && SystemCalls.requestTiles()) {
      names.put(CpuFeature.AMX_TILE, "amx_tile");
      names.put(CpuFeature.AMX_INT8, "amx_int8");
    }
    names.values().retainAll(flags);
    assertEquals(names.keySet(), X86Features.detect(ExecutableMemory::seal));
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
