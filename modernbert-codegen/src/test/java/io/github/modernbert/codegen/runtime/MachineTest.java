package io.github.modernbert.codegen.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.codegen.runtime.CodegenSupport.Machine;
import io.github.modernbert.codegen.runtime.ExecutableMemory.Sealer;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
  void isAnObstacleWhenNothingCanBeSealed() {
    Machine machine = Machine.detect(upTo(0));
    assertEquals(
        Optional.of("the system refuses memory for code: mprotect failed with errno 13"),
        machine.obstacle());
    assertTrue(machine.code().isEmpty());
  }

  /** One more piece is all that may be sealed, whoever asks first. */
  @Test
  void functionsAreSealedOnceWhenTheyAreWanted() {
    Machine machine = Machine.detect(upTo(2));
    assertEquals(Optional.empty(), machine.obstacle());
    NativeCode code = machine.code().orElseThrow();
    assertEquals(CodegenSupport.architecture(), code.architecture());
    var found =
        IntStream.range(0, 100)
            .parallel()
            .mapToObj(i -> code.memory(FunctionGroup.PRODUCTS))
            .collect(Collectors.toSet());
    assertEquals(1, found.size());
  }

  /** A system that grants some memory and refuses more of it later. */
  @Test
  void memoryThatIsRefusedLaterIsAnObstacleFromThenOn() {
    Machine machine = Machine.detect(upTo(2));
    NativeCode code = machine.code().orElseThrow();
    code.memory(FunctionGroup.PRODUCTS);
    assertEquals(Optional.empty(), machine.obstacle());
    var e =
        assertThrows(
            UnsupportedOperationException.class, () -> code.memory(FunctionGroup.ATTENTION));
    assertEquals(
        "the system granted memory for code and now refuses more: mprotect failed with errno 13",
        e.getMessage());
    assertEquals(Optional.of(e.getMessage()), machine.obstacle());
    assertTrue(code.memory(FunctionGroup.PRODUCTS) != null, "what is sealed stays");
  }
}
