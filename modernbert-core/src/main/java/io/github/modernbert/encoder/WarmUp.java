package io.github.modernbert.encoder;

import io.github.modernbert.encoder.EncoderLayer.ItemMemory;
import io.github.modernbert.encoder.EncoderLayer.Projections;
import io.github.modernbert.encoder.Tiling.RowRange;
import io.github.modernbert.encoder.Tiling.WorkItem;
import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.LayerNorm;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.Rotary;
import io.github.modernbert.kernels.WeightFormat;
import io.github.modernbert.kernels.WorkerPool;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs a small layer on zeros in a thread of its own while a model is loaded, so that the
 * just-in-time compiler has compiled the kernels by the time they are needed: uncompiled,
 * operations on vectors are a thousand times slower. Results do not depend on it.
 *
 * <p>Ends when it is closed, or when all warm-ups of this JVM together have done enough. Exceptions
 * in its thread are logged and end it; the calls that need the kernels will report the same.
 */
final class WarmUp implements AutoCloseable {
  /** The number of rounds after which C2 has compiled all kernels, with a margin. */
  private static final int ROUNDS = 6000;

  /**
   * The number of rounds for generated code, whose functions are linked by the first one. The
   * others get what calls them compiled by C1; more would take time from loading.
   */
  private static final int ROUNDS_OF_GENERATED_CODE = 500;

  private static final int HEAD_DIM = 64;
  private static final int HEADS = 3;
  private static final int WIDTH = HEADS * HEAD_DIM;

  /**
   * The number of rows, which vector kernels compute in tiles of 12 and 4, or of 4, as most rows of
   * real batches.
   */
  private static final int ROWS = 16;

  private static final AtomicInteger ROUNDS_DONE = new AtomicInteger();

  private final AtomicInteger roundsDone;
  private volatile boolean closed;

  private WarmUp(AtomicInteger roundsDone) {
    this.roundsDone = roundsDone;
  }

  /** Starts a warm-up, unless no processor is free or this JVM has done all rounds. */
  static WarmUp start(Kernels kernels) {
    return start(kernels, ROUNDS_DONE);
  }

  /**
   * Starts a warm-up, unless no processor is free or all rounds are done.
   *
   * @param roundsDone counts the rounds of several warm-ups
   */
  static WarmUp start(Kernels kernels, AtomicInteger roundsDone) {
    var warmUp = new WarmUp(roundsDone);
    if (Runtime.getRuntime().availableProcessors() > 1 && roundsDone.get() < rounds(kernels)) {
      // The thread outlives the call by a round, and must not keep anything of the caller's.
      Thread thread = WorkerPool.thread("modernbert-warm-up", () -> warmUp.run(kernels));
      thread.start();
    }
    return warmUp;
  }

  private static int rounds(Kernels kernels) {
    return kernels.isMachineCode() ? ROUNDS_OF_GENERATED_CODE : ROUNDS;
  }

  private void run(Kernels kernels) {
    try (Arena arena = Arena.ofConfined()) {
      kernels.prepare(Set.of(WeightFormat.FLOAT32));
      int rounds = rounds(kernels);
      Runnable round = round(kernels, arena);
      while (!closed && roundsDone.incrementAndGet() <= rounds) {
        round.run();
      }
    } catch (UnsupportedOperationException e) {
      // The system refuses what these kernels need: the load finds the same, and takes others.
      log(Level.DEBUG, e);
    } catch (Throwable e) {
      // Not to the handler of uncaught exceptions: an application may end itself there.
      log(Level.WARNING, e);
    }
  }

  private static void log(Level level, Throwable problem) {
    System.getLogger(WarmUp.class.getName())
        .log(level, "Kernels could not be compiled beforehand", problem);
  }

  /** A layer with weights of zero over one short sequence. */
  private static Runnable round(Kernels kernels, Arena arena) {
    PackedMatrix square = zeros(kernels, arena, WIDTH);
    var norm = new LayerNorm(Matrix.allocate(arena, 1, WIDTH), null, 1e-5f);
    var weights =
        new LayerWeights(
            norm, zeros(kernels, arena, 3 * WIDTH), square, norm, square, square, square);
    var layer = new EncoderLayer(kernels, weights, Activation.GELU, Integer.MAX_VALUE);
    Matrix angles = Matrix.allocate(arena, ROWS, HEAD_DIM / 2);
    var rotary = new Rotary(angles, angles);
    var alone = new Team(new WorkerPool(1), 1, new ItemMemory(arena, WIDTH, WIDTH));
    var item = new WorkItem(List.of(new RowRange(0, 0, 0, ROWS)));
    Matrix x = Matrix.allocateBlocks(arena, ROWS, WIDTH);
    var batch = PackedBatch.of(new int[ROWS]);
    var keyValues = kernels.keyValues(arena, batch.paddedTokens(), HEADS, HEAD_DIM);
    keyValues.reset(batch.cuSeqlens(), batch.visible());
    var states = new Projections(Matrix.allocateBlocks(arena, ROWS, WIDTH), keyValues);
    return () -> {
      layer.project(x, item, rotary, states, alone);
      layer.finish(x, item, states, alone);
    };
  }

  private static PackedMatrix zeros(Kernels kernels, Arena arena, int features) {
    return kernels.pack(
        arena,
        features,
        WIDTH,
        WeightFormat.FLOAT32,
        (from, count, target) -> target.fill((byte) 0),
        null);
  }

  /** Ends the warm-up after the current round. */
  @Override
  public void close() {
    closed = true;
  }
}
