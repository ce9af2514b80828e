package io.github.modernbert.codegen;

import static io.github.modernbert.codegen.Operands.require;
import static io.github.modernbert.codegen.Operands.requireWritable;
import static io.github.modernbert.codegen.Operands.slice;
import static io.github.modernbert.codegen.Operands.strideBytes;
import static io.github.modernbert.codegen.Operands.upToLast;
import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;
import static io.github.modernbert.kernels.Kernels.KEY_BLOCK;
import static io.github.modernbert.kernels.Kernels.QUERY_BLOCK;

import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.codegen.runtime.FunctionGroup;
import io.github.modernbert.codegen.runtime.SystemCalls;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.x86.AttentionCode;
import io.github.modernbert.codegen.x86.ProductCode;
import io.github.modernbert.kernels.AttentionState;
import io.github.modernbert.kernels.AttentionStep;
import io.github.modernbert.kernels.KeyBlock;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.QueryBlock;
import io.github.modernbert.kernels.Reduction;
import io.github.modernbert.kernels.Scratch;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Steps of attention by generated machine code. What it gets is cut out of segments and arrays
 * here, so that every bound is checked before it runs.
 *
 * @param name the implementation as users see it
 * @param next divides columns whose number is no multiple of {@link Reduction#LANES}
 */
record GeneratedAttentionStep(String name, AttentionStep next) implements AttentionStep {
  private static final KernelShape SHAPE = CodegenSupport.architecture().shape();

  /** The generated functions, once they are needed. */
  private static final class Functions {
    static final MethodHandle ATTEND = FunctionGroup.ATTENTION.function(AttentionCode.ATTEND);
    static final MethodHandle DIVIDE = FunctionGroup.ATTENTION.function(AttentionCode.DIVIDE);

    /** The address of the code of products, which the step calls. */
    static final long PANELS = FunctionGroup.PRODUCTS.address(ProductCode.PANELS);
  }

  /** Memory of one thread: scores, and weighted values. */
  private static final class Workspace {
    private final Scratch.Floats floats = new Scratch.Floats();
    private final long[] groups = new long[QUERY_BLOCK * AttentionCode.GROUP_WORDS];
  }

  @Override
  public void prepare() {
    FunctionGroup.ATTENTION.prepare();
    next.prepare();
  }

  @Override
  public boolean isMachineCode() {
    return true;
  }

  @Override
  public int panelWidth() {
    return SHAPE.panelFloats();
  }

  @Override
  public void attend(QueryBlock queries, KeyBlock keys, long from, long to, Scratch scratch) {
    AttentionState state = queries.state();
    int row = queries.row();
    int rows = queries.rows();
    int count = keys.count();
    int headDim = state.headDim();
    require(row >= 0 && rows > 0 && rows <= QUERY_BLOCK, "no query block of %d at %d", rows, row);
    require(count > 0 && count <= KEY_BLOCK, "no block of %d keys of %d elements", count, headDim);
    require(headDim > 0, "no heads of %d elements for %d keys", headDim, count);
    int keyPanels = Math.ceilDiv(count, SHAPE.panelFloats());
    int valuePanels = Math.ceilDiv(headDim, SHAPE.panelFloats());
    int stride = state.sumsStride();
    long sums = (rows - 1L) * stride + (long) valuePanels * SHAPE.panelFloats();
    int floats = AttentionCode.scratchFloats(SHAPE, rows, valuePanels);
    Workspace workspace = scratch.workspace(Workspace.class, Workspace::new);
    RowTiles tiles = RowTiles.of(rows, SHAPE.rows());
    long first = Math.clamp(from, -QUERY_BLOCK, (long) count);
    long end = Math.clamp(to, -QUERY_BLOCK, (long) count);
    int groups =
        AttentionCode.groups(
            SHAPE, tiles.height(), tiles.tall(), tiles.low(), count, first, end, workspace.groups);
    try {
      Functions.ATTEND.invokeExact(
          queries(state, row, rows),
          panels(keys.keys(), keyPanels, headDim),
          panels(keys.values(), valuePanels, count),
          slice(state.sums(), state.sumsOffset(row), sums),
          slice(state.lanes(), state.lanesOffset(row), (long) rows * Reduction.LANES),
          slice(state.maxima(), row, QUERY_BLOCK),
          slice(workspace.floats.atLeast(floats), 0, floats),
          MemorySegment.ofArray(workspace.groups),
          (long) groups,
          Functions.PANELS,
          (long) rows,
          (long) count,
          (long) headDim,
          keys.keys().stride(),
          keys.values().stride(),
          (long) valuePanels,
          (long) stride * Float.BYTES,
          first,
          end);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  /** Rows in blocks of columns. */
  private static MemorySegment queries(AttentionState state, int row, int rows) {
    int last = (state.headDim() - 1) / DEPTH_BLOCK;
    long inLast = (rows - 1L) * DEPTH_BLOCK + state.headDim() - last * DEPTH_BLOCK;
    long floats = (long) last * AttentionState.queriesBlock() + inLast;
    return slice(state.queries(), state.queriesOffset(row), floats);
  }

  private static MemorySegment panels(KeyBlock.Panels panels, int count, int depth) {
    long stride = panels.stride();
    require(stride >= 0, "%d panels cannot be %d apart", count, stride);
    long bytes = Math.addExact(upToLast(count, stride), (long) depth * SHAPE.panelBytes());
    return panels.memory().asSlice(0, bytes);
  }

  @Override
  public void divide(QueryBlock queries, int column, Matrix y) {
    AttentionState state = queries.state();
    int rows = queries.rows();
    int count = y.columns();
    if (count % Reduction.LANES != 0) {
      next.divide(queries, column, y);
      return;
    }
    require(rows > 0 && count > 0, "nothing to divide, %d rows of %d", rows, count);
    require(rows == y.rows(), "%d rows cannot become %d", rows, y.rows());
    require(y.stride() >= 0 && column >= 0, "no rows %d apart from column %d", y.stride(), column);
    require(column + count <= state.sumsStride(), "%d columns do not begin at %d", count, column);
    int stride = state.sumsStride();
    long bytes = Math.addExact(upToLast(rows, strideBytes(y)), (long) count * Float.BYTES);
    MemorySegment results = y.segment().asSlice(0, bytes);
    requireWritable(results);
    try {
      Functions.DIVIDE.invokeExact(
          slice(
              state.sums(), state.sumsOffset(queries.row()) + column, (rows - 1L) * stride + count),
          slice(state.lanes(), state.lanesOffset(queries.row()), (long) rows * Reduction.LANES),
          results,
          (long) rows,
          (long) stride * Float.BYTES,
          strideBytes(y),
          (long) count);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }
}
