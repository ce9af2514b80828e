package io.github.modernbert.codegen;

import static io.github.modernbert.codegen.Operands.require;
import static io.github.modernbert.codegen.Operands.slice;
import static io.github.modernbert.codegen.Operands.upToLast;
import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;
import static io.github.modernbert.kernels.Kernels.KEY_BLOCK;
import static io.github.modernbert.kernels.Kernels.QUERY_BLOCK;

import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.codegen.runtime.FunctionGroup;
import io.github.modernbert.codegen.runtime.SystemCalls;
import io.github.modernbert.codegen.runtime.X86;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.x86.Int8AttentionCode;
import io.github.modernbert.codegen.x86.Int8Code;
import io.github.modernbert.codegen.x86.Int8Instructions;
import io.github.modernbert.codegen.x86.QuantizeCode;
import io.github.modernbert.kernels.AttentionState;
import io.github.modernbert.kernels.AttentionStep;
import io.github.modernbert.kernels.KeyBlock;
import io.github.modernbert.kernels.KeyFormat;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.Quantization;
import io.github.modernbert.kernels.QueryBlock;
import io.github.modernbert.kernels.Reduction;
import io.github.modernbert.kernels.Scratch;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Steps of attention in 8-bit integers by generated machine code; see {@link Int8AttentionCode}.
 * What it gets is cut out of segments and arrays here, so that every bound is checked before it
 * runs.
 *
 * @param name the implementation as users see it
 * @param floats divides
 */
record GeneratedInt8AttentionStep(String name, AttentionStep floats) implements AttentionStep {
  private static final X86 PROCESSOR = (X86) CodegenSupport.architecture();
  private static final KernelShape SHAPE = PROCESSOR.shape();
  private static final Int8Instructions INSTRUCTIONS = PROCESSOR.integers();
  private static final int BLOCK_STRIDE = Int8AttentionCode.blockStride(INSTRUCTIONS);

  /** The generated functions, once they are needed. */
  private static final class Functions {
    static final MethodHandle ATTEND =
        FunctionGroup.INT8_ATTENTION.function(Int8AttentionCode.ATTEND);
    static final MethodHandle QUANTIZE = FunctionGroup.INT8.function(QuantizeCode.QUANTIZE);

    /** The addresses of the code that the step calls. */
    static final long PRODUCT_ADDRESS = FunctionGroup.INT8.address(Int8Code.PRODUCT);

    static final long QUANTIZE_ADDRESS = FunctionGroup.INT8.address(QuantizeCode.QUANTIZE);
  }

  /** Memory of one thread: the queries of a walk as integers, and what a step needs. */
  private static final class Workspace {
    private final Scratch.Bytes integers = new Scratch.Bytes();
    private final Scratch.Floats scales = new Scratch.Floats();
    private long[] offsets = {};
    private int[] fine = {};
    private final Scratch.Bytes step = new Scratch.Bytes();

    /** Makes room for the queries of a state, all of which keep their place. */
    private void require(int queries) {
      int blocks = Math.ceilDiv(queries, QUERY_BLOCK);
      if (fine.length < blocks) {
        fine = new int[blocks];
        offsets = new long[blocks * 2 * QUERY_BLOCK];
      }
      scales.atLeast(blocks * 2 * QUERY_BLOCK);
    }
  }

  @Override
  public void prepare() {
    FunctionGroup.INT8.prepare();
    FunctionGroup.INT8_ATTENTION.prepare();
    floats.prepare();
  }

  @Override
  public boolean isMachineCode() {
    return true;
  }

  @Override
  public KeyFormat keyFormat() {
    return KeyFormat.BYTES;
  }

  @Override
  public int panelWidth() {
    return SHAPE.panelFloats();
  }

  private static int depthBlocks(AttentionState state) {
    return Math.ceilDiv(state.headDim(), DEPTH_BLOCK);
  }

  private static MemorySegment integers(Workspace workspace, AttentionState state, int row) {
    long blockBytes = (long) depthBlocks(state) * BLOCK_STRIDE;
    int blocks = Math.ceilDiv(state.maxima().length, QUERY_BLOCK);
    return workspace
        .integers
        .atLeast(blocks * blockBytes)
        .asSlice(row / QUERY_BLOCK * blockBytes, blockBytes);
  }

  private static MemorySegment scales(Workspace workspace, int row) {
    int first = row / QUERY_BLOCK * 2 * QUERY_BLOCK;
    return slice(workspace.scales.atLeast(0), first, 2 * QUERY_BLOCK);
  }

  private static MemorySegment offsets(Workspace workspace, int row) {
    long first = row / QUERY_BLOCK * 2L * QUERY_BLOCK;
    return MemorySegment.ofArray(workspace.offsets)
        .asSlice(first * Long.BYTES, 2L * QUERY_BLOCK * Long.BYTES);
  }

  @Override
  public void begin(QueryBlock queries, Scratch scratch) {
    Workspace workspace = scratch.workspace(Workspace.class, Workspace::new);
    AttentionState state = queries.state();
    int row = queries.row();
    int rows = queries.rows();
    requireBlock(row, rows);
    workspace.require(state.maxima().length);
    MemorySegment offsets = offsets(workspace, row);
    offsets.fill((byte) 0);
    long floatsOfBlock = (long) depthBlocks(state) * AttentionState.queriesBlock();
    try {
      long all =
          (long)
              Functions.QUANTIZE.invokeExact(
                  slice(state.queries(), state.queriesOffset(row), floatsOfBlock),
                  integers(workspace, state, row),
                  scales(workspace, row),
                  offsets,
                  (long) AttentionState.queriesBlock() * Float.BYTES,
                  (long) BLOCK_STRIDE,
                  (long) rows,
                  (long) state.headDim(),
                  (long) Quantization.residualBelow(state.headDim()),
                  (long) SHAPE.panelBytes());
      workspace.fine[row / QUERY_BLOCK] = (int) all - rows;
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  private static void requireBlock(int row, int rows) {
    boolean whole = row >= 0 && row % QUERY_BLOCK == 0 && rows > 0 && rows <= QUERY_BLOCK;
    require(whole, "no query block of %d at %d", rows, row);
  }

  @Override
  public void attend(QueryBlock queries, KeyBlock keys, long from, long to, Scratch scratch) {
    Workspace workspace = scratch.workspace(Workspace.class, Workspace::new);
    AttentionState state = queries.state();
    int row = queries.row();
    int rows = queries.rows();
    int count = keys.count();
    int headDim = state.headDim();
    requireBlock(row, rows);
    require(count > 0 && count <= KEY_BLOCK, "no block of %d keys of %d elements", count, headDim);
    require(headDim > 0, "no heads of %d elements for %d keys", headDim, count);
    int depth = depthBlocks(state) * DEPTH_BLOCK;
    int keyDepth = Math.ceilDiv(count, DEPTH_BLOCK) * DEPTH_BLOCK;
    int keyPanels = Math.ceilDiv(count, SHAPE.panelFloats());
    int valuePanels = Math.ceilDiv(headDim, SHAPE.panelFloats());
    long keyBytes = (long) keyPanels * SHAPE.panelFloats() * depth;
    long keyScaleBytes = (long) keyPanels * SHAPE.panelBytes();
    long valueStride = keys.values().stride();
    require(valueStride >= 0, "%d panels cannot be %d apart", valuePanels, valueStride);
    long valueBytes =
        Math.addExact(upToLast(valuePanels, valueStride), (long) keyDepth * SHAPE.panelFloats());
    int stride = state.sumsStride();
    long sums = (rows - 1L) * stride + (long) valuePanels * SHAPE.panelFloats();
    long scratchBytes = Int8AttentionCode.scratchBytes(SHAPE, INSTRUCTIONS, valuePanels);
    try {
      Functions.ATTEND.invokeExact(
          integers(workspace, state, row),
          scales(workspace, row),
          offsets(workspace, row),
          keys.keys().memory().asSlice(0, keyBytes),
          keys.keyScales().asSlice(0, keyScaleBytes),
          keys.keyShifts().asSlice(0, keyScaleBytes),
          keys.values().memory().asSlice(0, valueBytes),
          keys.valueScales().asSlice(0, (long) keyDepth * Float.BYTES),
          slice(state.sums(), state.sumsOffset(row), sums),
          slice(state.lanes(), state.lanesOffset(row), (long) rows * Reduction.LANES),
          slice(state.maxima(), row, QUERY_BLOCK),
          workspace.step.atLeast(scratchBytes),
          Functions.PRODUCT_ADDRESS,
          Functions.QUANTIZE_ADDRESS,
          (long) rows,
          (long) workspace.fine[row / QUERY_BLOCK],
          (long) keyPanels,
          (long) count,
          (long) keyDepth,
          (long) depth,
          (long) valuePanels,
          valueStride,
          (long) stride * Float.BYTES,
          (long) Quantization.residualBelow(count),
          Math.clamp(from, -QUERY_BLOCK, (long) count),
          Math.clamp(to, -QUERY_BLOCK, (long) count));
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  @Override
  public void divide(QueryBlock queries, int column, Matrix y) {
    floats.divide(queries, column, y);
  }
}
