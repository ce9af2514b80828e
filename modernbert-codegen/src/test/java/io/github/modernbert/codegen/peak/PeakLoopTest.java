package io.github.modernbert.codegen.peak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.modernbert.codegen.CodegenKernelProvider;
import io.github.modernbert.codegen.peak.PeakLoop.Instruction;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PeakLoopTest {
  @Test
  void multiplyAddsRunWhereKernelsDo() {
    assertEquals(
        new CodegenKernelProvider().obstacle().isEmpty(),
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
