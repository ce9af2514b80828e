package io.github.modernbert.codegen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.codegen.runtime.Architecture;
import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.codegen.runtime.NativeProducts;
import io.github.modernbert.codegen.runtime.X86;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.kernels.AttentionState;
import io.github.modernbert.kernels.BFloat16Panels;
import io.github.modernbert.kernels.FloatPanels;
import io.github.modernbert.kernels.Int8Panels;
import io.github.modernbert.kernels.KernelConformance;
import io.github.modernbert.kernels.KernelSelection;
import io.github.modernbert.kernels.KeyBlock;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.PortableKernels;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.kernels.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.function.Executable;

/** Run for both widths, see the module's pom. */
@EnabledIf("canRun")
public final class CodegenKernelsTest extends KernelConformance {
  CodegenKernelsTest() {
    super(new CodegenKernels(KernelSelection.below(new CodegenKernelProvider().rank())));
  }

  /** Says in the log of the build why nothing is tested, where nothing can be. */
  public static boolean canRun() {
    Optional<String> obstacle = new CodegenKernelProvider().obstacle();
    obstacle.ifPresent(
        reason -> System.out.println("The codegen kernels are not tested here: " + reason));
    return obstacle.isEmpty();
  }

  /** For tests of what only one architecture has code for. */
  public static boolean runsOnX86() {
    return canRun() && CodegenSupport.architecture() instanceof X86;
  }

  /** What matrices of floats are multiplied from here. */
  static List<WeightFormat> floatFormats() {
    return NativeProducts.BFLOAT16
        ? List.of(WeightFormat.FLOAT32, WeightFormat.BFLOAT16)
        : List.of(WeightFormat.FLOAT32);
  }

  @Test
  void areChosenFirstAndSayWhatTheyAre() {
    Architecture architecture = CodegenSupport.architecture();
    KernelShape shape = architecture.shape();
    if (architecture instanceof X86 && Integer.getInteger(CodegenSupport.BITS_PROPERTY) == 256) {
      assertEquals(KernelShape.AVX2, shape);
    }
    int bits = shape == KernelShape.AVX512 ? 512 : shape == KernelShape.AVX2 ? 256 : 128;
    String others = KernelSelection.select("vector").name();
    String expected = "codegen (%s bit, %s)".formatted(bits, others);
    assertEquals(expected, KernelSelection.select("codegen").name());
    assertEquals(expected, KernelSelection.select("auto").name());
  }

  /** Each of these would let machine code leave its memory. */
  @Test
  void operandsThatAreTooSmallAreRefused() {
    for (WeightFormat format : floatFormats()) {
      operandsThatAreTooSmallAreRefused(format);
    }
  }

  private static void operandsThatAreTooSmallAreRefused(WeightFormat format) {
    var kernels = new CodegenKernels(new PortableKernels());
    try (Arena arena = Arena.ofConfined()) {
      Matrix x = Matrix.allocate(arena, 5, 200);
      Matrix y = Matrix.allocate(arena, 5, 70);
      PackedMatrix w = kernels.pack(arena, 70, 200, format, (from, count, target) -> {}, null);
      kernels.multiply(x, w, y, new Scratch());
      refused(kernels, Matrix.allocate(arena, 4, 200), w, y);
      refused(kernels, x, w, Matrix.allocate(arena, 4, 70));
      refused(kernels, Matrix.allocate(arena, 5, 150), w, y);
      refused(kernels, x, w, Matrix.allocate(arena, 5, 30));
      refused(kernels, new Matrix(x.segment(), 5, 200, 199, 5), w, y);
      refused(kernels, new Matrix(x.segment(), 5, 200, -224, 5), w, y);
      refused(kernels, new Matrix(x.segment(), 5, 200, 64, -1), w, y);
      refused(kernels, x, w, new Matrix(y.segment(), 5, 70, 0, 5));
      refused(kernels, x, w, new Matrix(y.segment(), 5, 70, -96, 5));
      Matrix half = Matrix.allocate(arena, 1, 30);
      int width = w.panelWidth();
      refused(kernels, x, panels(w, 70, width, half), y);
      refused(kernels, x, panels(w, 170, width, null), y);
      refused(kernels, x, panels(w, 70, 2 * width, null), y);
      refused(kernels, x, w, new Matrix(y.segment().asReadOnly(), 5, 70, 96, 5));
    }
  }

  /** The same panels, said to be of another shape. */
  private static PackedMatrix panels(PackedMatrix w, int rows, int width, @Nullable Matrix bias) {
    return switch (w) {
      case FloatPanels f -> new FloatPanels(f.panels(), rows, f.depth(), width, bias);
      case BFloat16Panels b -> new BFloat16Panels(b.panels(), rows, b.depth(), width, bias);
      case Int8Panels q -> throw new IllegalArgumentException("no integers here");
    };
  }

  /** Half of them would lie behind their memory. */
  @Test
  void panelsOfBFloat16AreNoPanelsOfFloat32() {
    var kernels = new CodegenKernels(new PortableKernels());
    try (Arena arena = Arena.ofConfined()) {
      Matrix x = Matrix.allocate(arena, 5, 200);
      Matrix y = Matrix.allocate(arena, 5, 70);
      PackedMatrix w =
          kernels.pack(arena, 70, 200, WeightFormat.BFLOAT16, (from, count, target) -> {}, null);
      refused(kernels, x, new FloatPanels(w.panels(), 70, 200, w.panelWidth(), null), y);
    }
  }

  /** Slices of such memory can still be made; the call itself must refuse them. */
  @Test
  void memoryThatIsFreedOrOfAnotherThreadIsRefused() throws InterruptedException {
    var kernels = new CodegenKernels(new PortableKernels());
    for (int freed = 0; freed < 3; freed++) {
      var arenas = new Arena[] {Arena.ofConfined(), Arena.ofConfined(), Arena.ofConfined()};
      Matrix x = Matrix.allocateBlocks(arenas[0], 5, 200);
      Matrix y = Matrix.allocateBlocks(arenas[1], 5, 70);
      PackedMatrix w =
          kernels.pack(arenas[2], 70, 200, WeightFormat.FLOAT32, (from, count, target) -> {}, null);
      Executable call = () -> kernels.multiply(x, w, y, new Scratch());
      var elsewhere = new FutureTask<>(() -> assertThrows(WrongThreadException.class, call));
      Thread.ofPlatform().start(elsewhere).join();
      assertEquals(FutureTask.State.SUCCESS, elsewhere.state());
      arenas[freed].close();
      assertThrows(IllegalStateException.class, call);
      for (Arena arena : arenas) {
        if (arena != arenas[freed]) {
          arena.close();
        }
      }
    }
  }

  /** Its sums would be added to what memory happens to hold. */
  @Test
  void aSingleBlockIsRefused() {
    var kernels = new CodegenKernels(new PortableKernels());
    try (Arena arena = Arena.ofConfined()) {
      Matrix x = Matrix.allocate(arena, 5, 64);
      Matrix y = Matrix.allocate(arena, 5, 70);
      PackedMatrix w =
          kernels.pack(arena, 70, 64, WeightFormat.FLOAT32, (from, count, target) -> {}, null);
      assertRefused(() -> kernels.multiplyDeep(x, w, y, false, new Scratch()));
      if (NativeProducts.BFLOAT16) {
        var b = new BFloat16Panels(w.panels(), 70, 64, w.panelWidth(), null);
        assertRefused(() -> kernels.multiplyDeep(x, b, y, false, new Scratch()));
      }
    }
  }

  /** The size of the panels, taken modulo 2⁶⁴, would be that of one. */
  @Test
  void panelsTooFarApartForALongAreRefused() {
    var kernels = new CodegenKernels(new PortableKernels());
    int width = kernels.panelWidth();
    try (Arena arena = Arena.ofConfined()) {
      var a = new float[64];
      MemorySegment b = arena.allocate(64L * width * Float.BYTES);
      var c = new float[5 * width];
      assertThrows(
          ArithmeticException.class,
          () -> kernels.multiplyPanels(1, a, 0, 64, b, 0, 1L << 62, 5, 64, c, 0, 5 * width));
    }
  }

  /** Not by the other kernels, whose panels have another width, at least with 256 bits. */
  @Test
  @EnabledIf("runsOnX86")
  void weightsOfBFloat16AreMultipliedHere() {
    var kernels = new CodegenKernels(new PortableKernels());
    try (Arena arena = Arena.ofConfined()) {
      PackedMatrix w =
          kernels.pack(arena, 70, 200, WeightFormat.BFLOAT16, (from, count, target) -> {}, null);
      assertEquals(kernels.panelWidth(), w.panelWidth());
    }
  }

  private static void refused(CodegenKernels kernels, Matrix x, PackedMatrix w, Matrix y) {
    assertRefused(() -> kernels.multiply(x, w, y, new Scratch()));
  }

  @Test
  void panelsOutsideOfTheirArraysAreRefused() {
    var kernels = new CodegenKernels(new PortableKernels());
    int width = kernels.panelWidth();
    try (Arena arena = Arena.ofConfined()) {
      // 3 rows in 2 blocks of columns, the second one of 6, times 2 panels.
      var a = new float[3 * 64 + 2 * 64 + 6];
      MemorySegment b = arena.allocate(2L * 70 * width * Float.BYTES);
      var c = new float[3 * 2 * width];
      new Panels(3, 0, 192, 0, 2, 70, 0, 2 * width).run(kernels, a, b, c);
      for (Panels outside :
          List.of(
              new Panels(4, 0, 192, 0, 2, 70, 0, 2 * width),
              new Panels(0, 0, 192, 0, 2, 70, 0, 2 * width),
              new Panels(3, 1, 192, 0, 2, 70, 0, 2 * width),
              new Panels(3, -1, 192, 0, 2, 70, 0, 2 * width),
              new Panels(3, 0, 193, 0, 2, 70, 0, 2 * width),
              new Panels(3, 0, -192, 0, 2, 70, 0, 2 * width),
              new Panels(3, 0, 192, 4, 2, 70, 0, 2 * width),
              new Panels(3, 0, 192, 0, 3, 70, 0, 3 * width),
              new Panels(3, 0, 192, 0, 0, 70, 0, 2 * width),
              new Panels(3, 0, 192, 0, 2, 71, 0, 2 * width),
              new Panels(3, 0, 192, 0, 2, 0, 0, 2 * width),
              new Panels(3, 0, 192, 0, 2, 70, 1, 2 * width),
              new Panels(3, 0, 192, 0, 2, 70, 0, 2 * width + 1),
              new Panels(3, 0, 192, 0, 2, 70, 0, 2 * width - 1),
              new Panels(3, 0, 192, 0, 2, 70, 0, -2 * width))) {
        assertRefused(() -> outside.run(kernels, a, b, c));
      }
    }
  }

  private record Panels(
      int rows,
      int aOffset,
      int aBlock,
      long bOffset,
      int count,
      int depth,
      int cOffset,
      int cStride) {
    void run(CodegenKernels kernels, float[] a, MemorySegment b, float[] c) {
      long bPanel = 70L * kernels.panelWidth() * Float.BYTES;
      kernels.multiplyPanels(
          rows, a, aOffset, aBlock, b, bOffset, bPanel, count, depth, c, cOffset, cStride);
    }
  }

  /** 3 rows of a query block and 70 keys, heads of 40 elements. */
  private record Step(
      int row,
      int rows,
      int count,
      long keysOffset,
      long keyPanel,
      long valuesOffset,
      int shorter) {
    void run(CodegenKernels kernels, MemorySegment keys, MemorySegment values) {
      long valuePanel = 70L * kernels.panelWidth() * Float.BYTES;
      var block = new KeyBlock(count, keys, keysOffset, keyPanel, values, valuesOffset, valuePanel);
      var state =
          new AttentionState(
              40,
              new float[2 * 64 + 40 - (shorter == 1 ? 1 : 0)],
              new float[3 * 64 - (shorter == 2 ? 32 : 0)],
              new float[3 * 16 - (shorter == 3 ? 1 : 0)],
              new float[28 - (shorter == 4 ? 1 : 0)]);
      kernels.attendBlock(state, row, rows, block, 0, 70, new Scratch());
    }
  }

  @Test
  void stepsOfAttentionOutsideOfTheirOperandsAreRefused() {
    var kernels = new CodegenKernels(new PortableKernels());
    int width = kernels.panelWidth();
    long keyPanel = 40L * width * Float.BYTES;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment keys = arena.allocate(Math.ceilDiv(70, width) * keyPanel);
      MemorySegment values = arena.allocate(Math.ceilDiv(40, width) * 70L * width * Float.BYTES);
      new Step(0, 3, 70, 0, keyPanel, 0, 0).run(kernels, keys, values);
      for (Step outside :
          List.of(
              new Step(0, 0, 70, 0, keyPanel, 0, 0),
              new Step(0, 4, 70, 0, keyPanel, 0, 0),
              new Step(0, 29, 70, 0, keyPanel, 0, 0),
              new Step(1, 3, 70, 0, keyPanel, 0, 0),
              new Step(-1, 3, 70, 0, keyPanel, 0, 0),
              new Step(0, 3, 0, 0, keyPanel, 0, 0),
              new Step(0, 3, 71, 0, keyPanel, 0, 0),
              new Step(0, 3, 257, 0, 0, 0, 0),
              new Step(0, 3, 70, 4, keyPanel, 0, 0),
              new Step(0, 3, 70, 0, keyPanel + 4, 0, 0),
              new Step(0, 3, 70, 0, -4, 0, 0),
              new Step(0, 3, 70, 0, keyPanel, 4, 0),
              new Step(0, 3, 70, 0, keyPanel, -4, 0),
              new Step(0, 3, 70, 0, keyPanel, 0, 1),
              new Step(0, 3, 70, 0, keyPanel, 0, 2),
              new Step(0, 3, 70, 0, keyPanel, 0, 3),
              new Step(0, 3, 70, 0, keyPanel, 0, 4))) {
        assertRefused(() -> outside.run(kernels, keys, values));
      }
    }
  }

  @Test
  void divisionsOutsideOfTheirOperandsAreRefused() {
    var kernels = new CodegenKernels(new PortableKernels());
    var state =
        new AttentionState(32, new float[0], new float[3 * 32], new float[3 * 16], new float[3]);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment y = arena.allocate(3 * 128);
      kernels.divideRows(state, 0, 3, 0, 32, y, 0, 128);
      assertRefused(() -> kernels.divideRows(state, 0, 0, 0, 32, y, 0, 128));
      assertRefused(() -> kernels.divideRows(state, 0, 4, 0, 32, y, 0, 0));
      assertRefused(() -> kernels.divideRows(state, 1, 3, 0, 32, y, 0, 128));
      assertRefused(() -> kernels.divideRows(state, 0, 3, 16, 32, y, 0, 128));
      assertRefused(() -> kernels.divideRows(state, 0, 3, -16, 32, y, 0, 128));
      assertRefused(() -> kernels.divideRows(state, 0, 3, 0, 0, y, 0, 128));
      assertRefused(() -> kernels.divideRows(state, 0, 3, 0, 32, y, 4, 128));
      assertRefused(() -> kernels.divideRows(state, 0, 3, 0, 32, y, 0, 132));
      assertRefused(() -> kernels.divideRows(state, 0, 3, 0, 32, y, 256, -128));
      assertRefused(() -> kernels.divideRows(state, 0, 3, 0, 32, y.asReadOnly(), 0, 128));
    }
  }

  /** By a check of ours, or when the operand is cut out. */
  static void assertRefused(Executable call) {
    RuntimeException e = assertThrows(RuntimeException.class, call);
    assertTrue(
        e instanceof IllegalArgumentException || e instanceof IndexOutOfBoundsException,
        e.toString());
  }
}
