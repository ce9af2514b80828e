package io.github.modernbert.tasks;

import io.github.modernbert.kernels.Matrix;
import java.util.List;
import java.util.function.Function;

/**
 * One input of a call: the sequences that the model computes for it (one, or several for windows of
 * a long text or for candidates), a reduction of the hidden states of each, and the result from all
 * of them.
 *
 * @param <S> what is kept of a sequence
 * @param <R> the result
 */
public interface Request<S, R> {
  /**
   * Token ids, special ones included; no sequence is empty. There is none if the result was known
   * when the input was prepared.
   */
  public List<int[]> sequences();

  /**
   * How many tokens at the start of a sequence are attended to: all, unless it is overridden.
   *
   * @param sequence its number
   */
  default int visible(int sequence) {
    return sequences().get(sequence).length;
  }

  /**
   * Reduces the hidden states of a sequence to what the result needs.
   *
   * @param sequence its number
   * @param hidden the last hidden states of its tokens, valid during the call
   */
  public S read(int sequence, Matrix hidden);

  /** Computes the result from the reduced states of all sequences, in their order. */
  public R result(List<S> kept);

  /** An input whose result is known. */
  public static <S, R> Request<S, R> known(R result) {
    return new Request<>() {
      @Override
      public List<int[]> sequences() {
        return List.of();
      }

      @Override
      public S read(int sequence, Matrix hidden) {
        throw new IllegalStateException("there are no sequences");
      }

      @Override
      public R result(List<S> kept) {
        return result;
      }
    };
  }

  /** An input of one sequence. */
  public static <R> Request<R, R> of(int[] ids, Function<Matrix, R> read) {
    return of(ids, ids.length, read);
  }

  /**
   * An input of one sequence of which a prefix is attended to.
   *
   * @param visible how many tokens at the start
   */
  public static <R> Request<R, R> of(int[] ids, int visible, Function<Matrix, R> read) {
    return new Request<>() {
      @Override
      public List<int[]> sequences() {
        return List.of(ids);
      }

      @Override
      public int visible(int sequence) {
        return visible;
      }

      @Override
      public R read(int sequence, Matrix hidden) {
        return read.apply(hidden);
      }

      @Override
      public R result(List<R> kept) {
        return kept.getFirst();
      }
    };
  }
}
