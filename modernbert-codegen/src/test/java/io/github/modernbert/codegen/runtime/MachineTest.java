package io.github.modernbert.codegen.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.codegen.runtime.CodegenSupport.Machine;
import io.github.modernbert.codegen.runtime.ExecutableMemory.Sealer;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** A system that refuses memory for code, all of it or some. */
@EnabledIf("io.github.modernbert.codegen.CodegenKernelsTest#canRun")
final class MachineTest {
  /** Seals so many pieces of code and no more. */
  private static Sealer upTo(int pieces) {
    var left = new int[] {pieces};
    return (arena, code) -> {
      if (left[0]-- == 0) {
        throw new UnsupportedOperationException("mprotect failed with errno 13");
      }
      return ExecutableMemory.seal(arena, code);
    };
  }

  @Test
  void anyPieceThatIsRefusedIsAnObstacle() {
    Architecture architecture = CodegenSupport.architecture();
    // On x86-64 the processor is asked by a piece of code too.
    int pieces = architecture.code().size() + (architecture instanceof X86 ? 1 : 0);
    for (int allowed = 0; allowed < pieces; allowed++) {
      Machine machine = Machine.detect(upTo(allowed));
      assertEquals(
          Optional.of("the system refuses memory for code: mprotect failed with errno 13"),
          machine.obstacle(),
          allowed + " pieces");
      assertTrue(machine.code().isEmpty());
    }
    Machine machine = Machine.detect(upTo(pieces));
    assertEquals(Optional.empty(), machine.obstacle());
    assertEquals(architecture, machine.code().orElseThrow().architecture());
  }
}
