package io.github.modernbert.codegen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.kernels.KernelConformance;
import io.github.modernbert.kernels.KernelSelection;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.PortableKernels;
import io.github.modernbert.kernels.Scratch;
import java.lang.foreign.Arena;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.function.Executable;

/** Run for both widths, see the module's pom. */
@EnabledIf("canRun")
final class CodegenKernelsTest extends KernelConformance {
  private static final String VECTOR_BITS =
      Integer.getInteger(CodegenSupport.BITS_PROPERTY) == 256 ? "256" : "512";

  CodegenKernelsTest() {
    super(new CodegenKernels(KernelSelection.below(new CodegenKernelProvider().rank())));
  }

  /** Says in the log of the build why nothing is tested, where nothing can be. */
  static boolean canRun() {
    Optional<String> obstacle = new CodegenKernelProvider().obstacle();
    obstacle.ifPresent(
        reason -> System.out.println("The codegen kernels are not tested here: " + reason));
    return obstacle.isEmpty();
  }

  @Test
  void areChosenFirstAndSayWhatTheyAre() {
    String expected = "codegen (%s bit, vector (512 bit))".formatted(VECTOR_BITS);
    assertEquals(expected, KernelSelection.select("codegen").name());
    assertEquals(expected, KernelSelection.select("auto").name());
  }

  /** Each of these would let machine code leave its memory. */
  @Test
  void operandsThatAreTooSmallAreRefused() {
    var kernels = new CodegenKernels(new PortableKernels());
    try (Arena arena = Arena.ofConfined()) {
      Matrix x = Matrix.allocate(arena, 5, 200);
      Matrix y = Matrix.allocate(arena, 5, 70);
      PackedMatrix w = kernels.pack(arena, 70, 200, (from, count, target) -> {}, null);
      kernels.multiply(x, w, y, new Scratch());
      refused(kernels, Matrix.allocate(arena, 4, 200), w, y);
      refused(kernels, x, w, Matrix.allocate(arena, 4, 70));
      refused(kernels, Matrix.allocate(arena, 5, 150), w, y);
      refused(kernels, x, w, Matrix.allocate(arena, 5, 30));
      Matrix half = Matrix.allocate(arena, 1, 30);
      refused(kernels, x, new PackedMatrix(w.panels(), 70, 200, w.panelWidth(), half), y);
      refused(kernels, x, new PackedMatrix(w.panels(), 170, 200, w.panelWidth(), null), y);
      refused(kernels, x, new PackedMatrix(w.panels(), 70, 200, 2 * w.panelWidth(), null), y);
    }
  }

  private static void refused(CodegenKernels kernels, Matrix x, PackedMatrix w, Matrix y) {
    assertRefused(() -> kernels.multiply(x, w, y, new Scratch()));
  }

  @Test
  void tilesOutsideOfTheirArraysAreRefused() {
    var kernels = new CodegenKernels(new PortableKernels());
    try (Arena arena = Arena.ofConfined()) {
      var b = arena.allocate(64L * kernels.panelWidth() * Float.BYTES);
      var a = new float[3 * 64];
      var c = new float[3 * kernels.panelWidth()];
      int width = kernels.panelWidth();
      kernels.tile(3, a, 0, 192, b, 0, 64, c, 0, width);
      assertRefused(() -> kernels.tile(4, a, 0, 192, b, 0, 64, c, 0, width));
      assertRefused(() -> kernels.tile(3, a, 1, 192, b, 0, 64, c, 0, width));
      assertRefused(() -> kernels.tile(3, a, -1, 192, b, 0, 64, c, 0, width));
      assertRefused(() -> kernels.tile(3, a, 0, 192, b, 4, 64, c, 0, width));
      assertRefused(() -> kernels.tile(3, a, 0, 192, b, 0, 65, c, 0, width));
      assertRefused(() -> kernels.tile(3, a, 0, 192, b, 0, 64, c, 1, width));
      assertRefused(() -> kernels.tile(3, a, 0, 192, b, 0, 64, c, 0, width + 1));
      assertRefused(() -> kernels.tile(3, a, 0, 192, b, 0, 64, c, 0, -width));
      assertRefused(() -> kernels.tile(0, a, 0, 192, b, 0, 64, c, 0, width));
    }
  }

  /** By a check of ours, or when the operand is cut out. */
  private static void assertRefused(Executable call) {
    RuntimeException e = assertThrows(RuntimeException.class, call);
    assertTrue(
        e instanceof IllegalArgumentException || e instanceof IndexOutOfBoundsException,
        e.toString());
  }
}
