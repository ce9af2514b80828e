package io.github.modernbert.codegen.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.modernbert.codegen.asm.MachineCode;
import io.github.modernbert.codegen.spec.ProductFunctions;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The protection of code in memory, as the system lists it. */
@EnabledIf("io.github.modernbert.codegen.CodegenKernelsTest#canRun")
final class ExecutableMemoryTest {
  @Test
  void codeIsSealedAndUnmappedAtTheEnd() throws IOException {
    MachineCode products = CodegenSupport.architecture().generate(FunctionGroup.PRODUCTS, null);
    long address;
    try (Arena arena = Arena.ofConfined()) {
      address = ExecutableMemory.seal(arena, products).address(ProductFunctions.PRODUCT);
      assertEquals("r-xp", protection(address));
    }
    // Other memory may be there meanwhile, but no code.
    assertNotEquals("r-xp", protection(address));
  }

  /** The protection of an address, as the system writes it, or nothing if it is not mapped. */
  private static String protection(long address) throws IOException {
    for (String mapping : Files.readAllLines(Path.of("/proc/self/maps"))) {
      String[] words = mapping.split(" ", 3);
      String[] range = words[0].split("-");
      if (Long.parseUnsignedLong(range[0], 16) <= address
          && address < Long.parseUnsignedLong(range[1], 16)) {
        return words[1];
      }
    }
    return "";
  }
}
