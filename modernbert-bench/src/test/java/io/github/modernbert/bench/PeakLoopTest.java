package io.github.modernbert.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.modernbert.bench.PeakLoop.Instruction;
import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.codegen.runtime.X86;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PeakLoopTest {
  @Test
  void multiplyAddsRunWhereKernelsDo() {
    assertEquals(
        CodegenSupport.obstacle().isEmpty() && CodegenSupport.architecture() instanceof X86,
        PeakLoop.of(Instruction.VFMADD213PS).isPresent());
  }

  @ParameterizedTest
  @EnumSource
  void computeWhatTheyAreSaidTo(Instruction instruction) {
    Optional<PeakLoop> loop = PeakLoop.of(instruction);
    assumeTrue(loop.isPresent(), "no " + instruction + " here");
    assertThrows(IllegalStateException.class, loop.get()::check);
    loop.get().run();
    loop.get().check();
    loop.get().run();
    loop.get().check();
    assertTrue(loop.get().operations() > 0);
  }
}
