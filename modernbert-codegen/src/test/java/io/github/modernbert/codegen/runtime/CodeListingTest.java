package io.github.modernbert.codegen.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.codegen.asm.MachineCode;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All generated code, on whatever processor this runs. */
final class CodeListingTest {
  /** An instruction of another feature would be refused, see {@code CpuFeatureTest}. */
  @ParameterizedTest
  @EnumSource
  void needsNoMoreThanItsProcessorHas(CodeListing.Target target) {
    for (FunctionGroup group : target.architecture.groups()) {
      MachineCode code = target.architecture.generate(group, null);
      assertTrue(code.entries().size() > 0, group.name());
      String listing = CodeListing.of(target.architecture, group);
      for (Map.Entry<String, Integer> entry : code.entries().entrySet()) {
        String first = "\n%s:\n".formatted(entry.getKey());
        int at = ("\n" + listing).indexOf(first);
        assertTrue(at >= 0, "no" + first);
        assertEquals(entry.getValue(), address(listing, at + first.length() - 1), first);
      }
    }
  }

  /** The address of the first instruction from a place of a listing on. */
  private static int address(String listing, int from) {
    return listing
        .substring(from)
        .lines()
        .filter(line -> line.startsWith(" "))
        .findFirst()
        .map(line -> Integer.parseInt(line.substring(0, 6).strip(), 16))
        .orElseThrow();
  }
}
