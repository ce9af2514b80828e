package io.github.modernbert.codegen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.codegen.runtime.Architecture;
import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.codegen.runtime.X86;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.AttentionState;
import io.github.modernbert.kernels.AttentionStep;
import io.github.modernbert.kernels.BFloat16Panels;
import io.github.modernbert.kernels.FloatPanels;
import io.github.modernbert.kernels.Int8Panels;
import io.github.modernbert.kernels.KernelConformance;
import io.github.modernbert.kernels.KernelSelection;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.KeyBlock;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.MatrixProduct;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.QueryBlock;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.kernels.StoreMode;
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
    super(KernelSelection.select("codegen"));
  }

  /** Says in the log of the build why nothing is tested, where nothing can be. */
  public static boolean canRun() {
    Optional<String> obstacle = new CodegenKernelProvider().obstacle();
    obstacle.ifPresent(
        reason -> System.out.println("The codegen kernels are not tested here: " + reason));
    return obstacle.isEmpty();
  }

  /** Completed by the portable kernels. */
  public static Kernels kernels() {
    return new CodegenKernelProvider().offer(Kernels.portable());
  }

  /** For tests of code that only one architecture has. */
  public static boolean runsOnX86() {
    return canRun() && CodegenSupport.architecture() instanceof X86;
  }

  /** Formats of floats that there is code for. */
  static List<WeightFormat> floatFormats() {
    return CodegenSupport.architecture().formats().stream()
        .filter(format -> format != WeightFormat.INT8)
        .toList();
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
    var kernels = kernels();
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
      refused(kernels, x, panels(w, 70, half), y);
      refused(kernels, x, panels(w, 170, null), y);
      refused(kernels, x, w, new Matrix(y.segment().asReadOnly(), 5, 70, 96, 5));
    }
  }

  /** The same panels, said to be of another shape. */
  private static PackedMatrix panels(PackedMatrix w, int rows, @Nullable Matrix bias) {
    return switch (w) {
      case FloatPanels f ->
          new FloatPanels(f.product(), f.panels(), f.panelWidth(), rows, f.depth(), bias);
      case BFloat16Panels b ->
          new BFloat16Panels(b.product(), b.panels(), b.panelWidth(), rows, b.depth(), bias);
      case Int8Panels q -> throw new IllegalArgumentException("no integers here");
    };
  }

  /** Half of them would lie behind their memory. */
  @Test
  void panelsOfBFloat16AreNoPanelsOfFloat32() {
    var kernels = kernels();
    try (Arena arena = Arena.ofConfined()) {
      Matrix x = Matrix.allocate(arena, 5, 200);
      Matrix y = Matrix.allocate(arena, 5, 70);
      PackedMatrix w =
          kernels.pack(arena, 70, 200, WeightFormat.BFLOAT16, (from, count, target) -> {}, null);
      refused(
          kernels, x, new FloatPanels(w.product(), w.panels(), w.panelWidth(), 70, 200, null), y);
    }
  }

  /** Slices of such memory can still be made; the call itself must refuse them. */
  @Test
  void memoryThatIsFreedOrOfAnotherThreadIsRefused() throws InterruptedException {
    var kernels = kernels();
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

  /** Panels that were packed for another product may have another width. */
  @Test
  void panelsOfAnotherProductAreRefused() {
    var kernels = kernels();
    try (Arena arena = Arena.ofConfined()) {
      Matrix x = Matrix.allocate(arena, 5, 200);
      Matrix y = Matrix.allocate(arena, 5, 70);
      PackedMatrix other = pack(Kernels.portable(), arena, 200, WeightFormat.FLOAT32);
      kernels.multiply(x, other, y, new Scratch());
      MatrixProduct product = kernels.products().get(WeightFormat.FLOAT32);
      assertRefused(() -> product.multiply(x, other, y, StoreMode.OVERWRITE, new Scratch()));
      PackedMatrix own = pack(kernels, arena, 200, WeightFormat.FLOAT32);
      assertRefused(() -> product.multiplyGate(x, own, other, Activation.GELU, y, new Scratch()));
    }
  }

  private static PackedMatrix pack(Kernels kernels, Arena arena, int depth, WeightFormat format) {
    return kernels.pack(arena, 70, depth, format, (from, count, target) -> {}, null);
  }

  /** Its sums would be added to whatever memory holds. */
  @Test
  void aSingleBlockIsRefused() {
    var kernels = kernels();
    try (Arena arena = Arena.ofConfined()) {
      Matrix x = Matrix.allocate(arena, 5, 64);
      Matrix y = Matrix.allocate(arena, 5, 70);
      for (WeightFormat format : floatFormats()) {
        PackedMatrix w = pack(kernels, arena, 200, format);
        PackedMatrix single =
            switch (w) {
              case FloatPanels f ->
                  new FloatPanels(f.product(), f.panels(), f.panelWidth(), 70, 64, null);
              case BFloat16Panels b ->
                  new BFloat16Panels(b.product(), b.panels(), b.panelWidth(), 70, 64, null);
              case Int8Panels q -> throw new IllegalArgumentException("no integers here");
            };
        refused(kernels, x, single, y);
      }
    }
  }

  @Test
  @EnabledIf("runsOnX86")
  void weightsOfBFloat16AreMultipliedHere() {
    var kernels = kernels();
    try (Arena arena = Arena.ofConfined()) {
      PackedMatrix w = pack(kernels, arena, 200, WeightFormat.BFLOAT16);
      assertInstanceOf(GeneratedProduct.class, w.product());
    }
  }

  private static void refused(Kernels kernels, Matrix x, PackedMatrix w, Matrix y) {
    assertRefused(() -> kernels.multiply(x, w, y, new Scratch()));
  }

  /** 3 rows of a query block and 70 keys, heads of 40 elements. */
  private record Step(int row, int rows, int count, int shorter) {
    void run(MemorySegment keys, long keyPanel, MemorySegment values, long valuePanel) {
      var block =
          new KeyBlock(
              count, new KeyBlock.Panels(keys, keyPanel), new KeyBlock.Panels(values, valuePanel));
      var state =
          new AttentionState(
              40,
              new float[2 * 64 + 40 - (shorter == 1 ? 1 : 0)],
              new float[3 * 64 - (shorter == 2 ? 32 : 0)],
              new float[3 * 16 - (shorter == 3 ? 1 : 0)],
              new float[28 - (shorter == 4 ? 1 : 0)]);
      attentionStep().attend(new QueryBlock(state, row, rows), block, 0, 70, new Scratch());
    }
  }

  private static AttentionStep attentionStep() {
    return kernels().attentionStep();
  }

  @Test
  @EnabledIf("runsOnX86")
  void stepsOfAttentionOutsideOfTheirOperandsAreRefused() {
    int width = attentionStep().panelWidth();
    long keyPanel = 40L * width * Float.BYTES;
    long valuePanel = 70L * width * Float.BYTES;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment keys = arena.allocate(Math.ceilDiv(70, width) * keyPanel);
      MemorySegment values = arena.allocate(Math.ceilDiv(40, width) * valuePanel);
      var inside = new Step(0, 3, 70, 0);
      inside.run(keys, keyPanel, values, valuePanel);
      for (Step outside :
          List.of(
              new Step(0, 0, 70, 0),
              new Step(0, 4, 70, 0),
              new Step(0, 29, 70, 0),
              new Step(1, 3, 70, 0),
              new Step(-1, 3, 70, 0),
              new Step(0, 3, 0, 0),
              new Step(0, 3, 71, 0),
              new Step(0, 3, 70, 1),
              new Step(0, 3, 70, 2),
              new Step(0, 3, 70, 3),
              new Step(0, 3, 70, 4))) {
        assertRefused(() -> outside.run(keys, keyPanel, values, valuePanel));
      }
      assertRefused(() -> new Step(0, 3, 257, 0).run(keys, 0, values, valuePanel));
      assertRefused(() -> inside.run(keys.asSlice(4), keyPanel, values, valuePanel));
      assertRefused(() -> inside.run(keys, keyPanel + 4, values, valuePanel));
      assertRefused(() -> inside.run(keys, -4, values, valuePanel));
      assertRefused(() -> inside.run(keys, keyPanel, values.asSlice(4), valuePanel));
      assertRefused(() -> inside.run(keys, keyPanel, values, -4));
      // The size of the panels, taken modulo 2⁶⁴, would be that of one.
      assertThrows(ArithmeticException.class, () -> inside.run(keys, 1L << 62, values, valuePanel));
    }
  }

  @Test
  @EnabledIf("runsOnX86")
  void divisionsOutsideOfTheirOperandsAreRefused() {
    var state =
        new AttentionState(32, new float[0], new float[3 * 32], new float[3 * 16], new float[3]);
    AttentionStep step = attentionStep();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment y = arena.allocate(3 * 128);
      var rows = new QueryBlock(state, 0, 3);
      step.divide(rows, 0, new Matrix(y, 3, 32, 32, 3));
      assertRefused(() -> step.divide(new QueryBlock(state, 0, 0), 0, new Matrix(y, 0, 32, 32, 0)));
      assertRefused(() -> step.divide(new QueryBlock(state, 0, 4), 0, new Matrix(y, 4, 32, 0, 4)));
      assertRefused(() -> step.divide(new QueryBlock(state, 1, 3), 0, new Matrix(y, 3, 32, 32, 3)));
      assertRefused(() -> step.divide(rows, 0, new Matrix(y, 2, 32, 32, 2)));
      assertRefused(() -> step.divide(rows, 16, new Matrix(y, 3, 32, 32, 3)));
      assertRefused(() -> step.divide(rows, -16, new Matrix(y, 3, 32, 32, 3)));
      assertRefused(() -> step.divide(rows, 0, new Matrix(y, 3, 0, 32, 3)));
      assertRefused(() -> step.divide(rows, 0, new Matrix(y.asSlice(4), 3, 32, 32, 3)));
      assertRefused(() -> step.divide(rows, 0, new Matrix(y, 3, 32, 33, 3)));
      assertRefused(() -> step.divide(rows, 0, new Matrix(y, 3, 32, -32, 3)));
      assertRefused(() -> step.divide(rows, 0, new Matrix(y.asReadOnly(), 3, 32, 32, 3)));
    }
  }

  @Test
  void operationsWithoutCodeAreThoseOfTheNextKernels() {
    Kernels next = Kernels.portable();
    Kernels kernels = new CodegenKernelProvider().offer(next);
    boolean x86 = CodegenSupport.architecture() instanceof X86;
    assertInstanceOf(GeneratedProduct.class, kernels.products().get(WeightFormat.FLOAT32));
    assertEquals(x86, kernels.rows() != next.rows());
    assertEquals(x86, kernels.attentionStep() != next.attentionStep());
    boolean int8 = CodegenSupport.architecture().formats().contains(WeightFormat.INT8);
    MatrixProduct integers = kernels.products().get(WeightFormat.INT8);
    assertEquals(int8, integers instanceof GeneratedProduct);
    assertEquals(!int8, integers == next.products().get(WeightFormat.INT8));
  }

  /** By a check of ours, or when the operand is cut out. */
  static void assertRefused(Executable call) {
    RuntimeException e = assertThrows(RuntimeException.class, call);
    assertTrue(
        e instanceof IllegalArgumentException || e instanceof IndexOutOfBoundsException,
        e.toString());
  }
}
