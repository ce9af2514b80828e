package io.github.modernbert.kernels;

import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs kernels on a few rows of zeros in a thread of its own while a model is loaded, so that the
 * just-in-time compiler has compiled them by the time they are needed: uncompiled, operations on
 * vectors are a thousand times slower. Results do not depend on it.
 *
 * <p>Ends when it is closed, or when all warm-ups of this JVM together have done enough. What goes
 * wrong in its thread is logged and ends it; the calls that need the kernels will report the same.
 */
public final class WarmUp implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(WarmUp.class.getName());

  /** After so many rounds C2 has compiled all kernels, with some to spare. */
  private static final int ROUNDS = 6000;

  private static final int HEAD_DIM = 64;
  private static final int HEADS = 3;
  private static final int WIDTH = HEADS * HEAD_DIM;

  /** Of vector kernels, tiles of 12 and 4 rows, or of 4: those that most rows are in. */
  private static final int ROWS = 16;

  private static final AtomicInteger ROUNDS_DONE = new AtomicInteger();

  private volatile boolean closed;

  private WarmUp() {}

  /** Begins, unless there is no processor to spare or nothing left to do. */
  public static WarmUp start(Kernels kernels) {
    var warmUp = new WarmUp();
    if (Runtime.getRuntime().availableProcessors() > 1 && ROUNDS_DONE.get() < ROUNDS) {
      Thread.ofPlatform()
          .name("modernbert-warm-up")
          .daemon()
          // It outlives the call by a round, and must not keep what belongs to the caller's thread.
          .inheritInheritableThreadLocals(false)
          .start(() -> warmUp.run(kernels));
    }
    return warmUp;
  }

  private void run(Kernels kernels) {
    try (Arena arena = Arena.ofConfined()) {
      var layer = new Layer(kernels, arena);
      while (!closed && ROUNDS_DONE.incrementAndGet() <= ROUNDS) {
        layer.run();
      }
    } catch (Throwable e) {
      // Not to the handler of uncaught exceptions: an application may end itself there.
      LOG.log(Level.WARNING, "Kernels could not be compiled beforehand", e);
    }
  }

  /** Lets the round that is under way be the last. */
  @Override
  public void close() {
    closed = true;
  }

  /** What an encoder's layer does, small, with weights of zero. */
  private static final class Layer {
    private final Kernels kernels;
    private final PackedMatrix square;
    private final PackedMatrix projection;
    private final LayerNorm norm;
    private final Rotary rotary;
    private final KeyValues keyValues;
    private final Matrix x;
    private final Matrix y;
    private final Matrix qkv;
    private final Matrix queries;
    private final Scratch scratch = new Scratch();

    Layer(Kernels kernels, Arena arena) {
      this.kernels = kernels;
      FloatSource zeros = (from, count, target) -> target.fill((byte) 0);
      square = kernels.pack(arena, WIDTH, WIDTH, WeightFormat.FLOAT32, zeros, null);
      projection = kernels.pack(arena, 3 * WIDTH, WIDTH, WeightFormat.FLOAT32, zeros, null);
      norm = new LayerNorm(Matrix.allocate(arena, 1, WIDTH), null, 1e-5f);
      rotary =
          new Rotary(
              Matrix.allocate(arena, ROWS, HEAD_DIM / 2),
              Matrix.allocate(arena, ROWS, HEAD_DIM / 2));
      int[] cuSeqlens = {0, ROWS};
      keyValues = new KeyValues(arena, KeyValues.paddedTokens(cuSeqlens), HEADS, HEAD_DIM);
      keyValues.reset(cuSeqlens);
      x = Matrix.allocateBlocks(arena, ROWS, WIDTH);
      y = Matrix.allocateBlocks(arena, ROWS, WIDTH);
      qkv = Matrix.allocateBlocks(arena, ROWS, 3 * WIDTH);
      queries = Matrix.allocateBlocks(arena, ROWS, WIDTH);
    }

    void run() {
      kernels.layerNorm(x, norm, y);
      kernels.multiply(y, projection, qkv, scratch);
      kernels.splitHeads(qkv, 0, rotary, 1f, queries, keyValues, 0);
      kernels.attend(queries, 0, Integer.MAX_VALUE, keyValues, 0, y, scratch);
      kernels.multiplyAdd(y, square, x, scratch);
      kernels.multiplyGate(x, square, square, Activation.GELU, y, scratch);
    }
  }
}
