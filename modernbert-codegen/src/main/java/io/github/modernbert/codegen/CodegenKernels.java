package io.github.modernbert.codegen;

import static io.github.modernbert.codegen.Operands.require;
import static io.github.modernbert.codegen.Operands.slice;
import static io.github.modernbert.codegen.Operands.upToLast;

import io.github.modernbert.codegen.runtime.Architecture;
import io.github.modernbert.codegen.runtime.Arm64;
import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.codegen.runtime.NativeProducts;
import io.github.modernbert.codegen.runtime.X86;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.BFloat16Panels;
import io.github.modernbert.kernels.BlockKernels;
import io.github.modernbert.kernels.FloatPanels;
import io.github.modernbert.kernels.FloatSource;
import io.github.modernbert.kernels.Int8Panels;
import io.github.modernbert.kernels.Int8Source;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.kernels.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Products by machine code of our own. What machine code gets is cut out of segments and arrays
 * here, so that every bound is checked before it runs.
 */
public final class CodegenKernels extends AttentionKernels {
  private static final KernelShape SHAPE = NativeProducts.SHAPE;

  /** Of a gate's products, so many exist at a time if panels are no larger. */
  private static final int GATE_FLOATS = 1 << 15;

  private static final Optional<LeftOperand.Factory> INT8 = int8(CodegenSupport.architecture());

  /**
   * @param others what does what there is no code for
   */
  public CodegenKernels(BlockKernels others) {
    super(others);
  }

  @Override
  public String name() {
    return "codegen (%d bit, %s)".formatted(SHAPE.width().bytes() * Byte.SIZE, others.name());
  }

  @Override
  public int panelWidth() {
    return SHAPE.panelFloats();
  }

  /** What has no code here goes to the other kernels, in their layout. */
  @Override
  public PackedMatrix pack(
      Arena arena,
      int rows,
      int depth,
      WeightFormat format,
      FloatSource weights,
      @Nullable FloatSource bias) {
    boolean here =
        switch (format) {
          case FLOAT32 -> true;
          case BFLOAT16 -> NativeProducts.BFLOAT16;
          case INT8 -> INT8.isPresent();
        };
    return here
        ? super.pack(arena, rows, depth, format, weights, bias)
        : others.pack(arena, rows, depth, format, weights, bias);
  }

  @Override
  public PackedMatrix pack(
      Arena arena, int rows, int depth, Int8Source weights, @Nullable FloatSource bias) {
    return INT8.isPresent()
        ? super.pack(arena, rows, depth, weights, bias)
        : others.pack(arena, rows, depth, weights, bias);
  }

  private static Optional<LeftOperand.Factory> int8(Architecture architecture) {
    if (!architecture.hasInt8()) {
      return Optional.empty();
    }
    return Optional.of(
        switch (architecture) {
          case X86 x -> (rows, others, scratch) -> new Int8Rows(rows, scratch);
          case Arm64 a -> Arm64Int8Rows::new;
        });
  }

  /** What cutting operands to size does not check. */
  private static void check(Matrix x, PackedMatrix w, Matrix y) {
    int width = SHAPE.panelFloats();
    require(
        w.panelWidth() == width, "panels must have %d columns, found %d", width, w.panelWidth());
    require(x.rows() == y.rows(), "%d rows cannot become %d", x.rows(), y.rows());
    require(x.columns() == w.depth(), "%d input features wanted, found %d", w.depth(), x.columns());
    require(y.columns() == w.rows(), "%d output features cannot go to %d", w.rows(), y.columns());
    require(y.stride() > 0 && x.blockRows() >= 0, "distances %d and %d", y.stride(), x.blockRows());
    require(y.blockRows() >= 0, "blocks of %d columns, %d rows apart", y.stride(), y.blockRows());
    require(y.stride() % width == 0, "panels of %d do not fit into rows of %d", width, y.stride());
    // The code takes sums of blocks before the last one for stored.
    require(
        w.depth() > DEPTH_BLOCK || w instanceof Int8Panels,
        "products are over more than %d, found %d",
        DEPTH_BLOCK,
        w.depth());
    Operands.requireWritable(y.segment());
  }

  @Override
  protected void multiplyDeep(Matrix x, PackedMatrix w, Matrix y, boolean add, Scratch scratch) {
    if (!isHere(w)) {
      multiplyByOthers(x, w, y, add, scratch);
      return;
    }
    check(x, w, y);
    int most = cachedRows(w.depth(), SHAPE.rows());
    for (int from = 0; from < x.rows(); from += most) {
      LeftOperand rows = rows(x.slice(from, Math.min(x.rows(), from + most)), w, scratch);
      rows.multiply(w, 0, w.panelCount(), y.slice(from, from + rows.count()), add);
    }
  }

  @Override
  protected void multiplyGateDeep(
      Matrix x, PackedMatrix u, PackedMatrix g, Activation activation, Matrix y, Scratch scratch) {
    if (!isHere(u)) {
      others.multiplyGate(x, u, g, activation, y, scratch);
      return;
    }
    check(x, u, y);
    check(x, g, y);
    int most = cachedRows(u.depth(), SHAPE.rows());
    for (int from = 0; from < x.rows(); from += most) {
      LeftOperand rows = rows(x.slice(from, Math.min(x.rows(), from + most)), u, scratch);
      Matrix some = y.slice(from, from + rows.count());
      int floats = rows.count() * SHAPE.panelFloats();
      int step = Math.max(1, GATE_FLOATS / floats);
      float[] activated = scratch.activated(step * floats);
      float[] gates = scratch.gates(step * floats);
      for (int panel = 0; panel < u.panelCount(); panel += step) {
        int count = Math.min(step, u.panelCount() - panel);
        rows.multiply(u, panel, count, panels(activated, rows.count(), count), false);
        rows.multiply(g, panel, count, panels(gates, rows.count(), count), false);
        for (int p = 0; p < count; p++) {
          Matrix part = panel(some, panel + p);
          finishGate(activation, activated, gates, p * floats, part, scratch);
        }
      }
    }
  }

  /** Panels of results one after the other in an array. */
  private static Matrix panels(float[] array, int rows, int count) {
    int width = SHAPE.panelFloats();
    long floats = (long) count * rows * width;
    return new Matrix(slice(array, 0, floats), rows, count * width, width, rows);
  }

  /** All columns of a panel, whether they mean something or not. */
  private static Matrix panel(Matrix y, int panel) {
    long bytes = upToLast(y.rows(), (long) y.stride() * Float.BYTES) + SHAPE.panelBytes();
    MemorySegment columns = y.segment().asSlice(y.offset(0, panel * SHAPE.panelFloats()), bytes);
    return new Matrix(columns, y.rows(), SHAPE.panelFloats(), y.stride(), y.rows());
  }

  private LeftOperand rows(Matrix x, PackedMatrix w, Scratch scratch) {
    return w instanceof Int8Panels
        ? INT8.orElseThrow().of(x, others, scratch)
        : FloatRows.of(x, scratch);
  }

  /** Whether there is code for these weights. */
  private static boolean isHere(PackedMatrix w) {
    return switch (w) {
      case FloatPanels f -> true;
      case BFloat16Panels b -> NativeProducts.BFLOAT16;
      case Int8Panels q -> INT8.isPresent();
    };
  }

  private void multiplyByOthers(Matrix x, PackedMatrix w, Matrix y, boolean add, Scratch scratch) {
    if (add) {
      others.multiplyAdd(x, w, y, scratch);
    } else {
      others.multiply(x, w, y, scratch);
    }
  }
}
