package io.github.modernbert.tasks;

import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.encoder.LayerObserver;
import io.github.modernbert.encoder.PackedBatch;
import io.github.modernbert.encoder.TokenSequence;
import io.github.modernbert.kernels.KeyValues;
import io.github.modernbert.kernels.Matrix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Computes many sequences in batches of at most so many tokens, longest first, and gives the
 * results in the order of the sequences. All tasks use it. Safe for use by several threads.
 */
public final class BatchRunner {
  /** What a task makes of one sequence. */
  @FunctionalInterface
  public interface SequenceFunction<R> {
    /**
     * @param index which of the sequences
     * @param hidden the last hidden states of its tokens, valid during the call
     */
    R apply(int index, Matrix hidden);
  }

  /** Hears of each batch. */
  @FunctionalInterface
  public interface BatchListener {
    /**
     * @param sequences how many were computed
     * @param tokens how many tokens they had
     */
    void done(int sequences, int tokens);
  }

  private final Backbone backbone;
  private final int tokenBudget;

  /**
   * @param tokenBudget tokens computed together at most, unless a single sequence is longer;
   *     counted as they lie in memory, where short sequences are filled up to whole key panels
   */
  public BatchRunner(Backbone backbone, int tokenBudget) {
    this.backbone = backbone;
    this.tokenBudget = tokenBudget;
  }

  /** What one batch holds at most. */
  public int tokenBudget() {
    return tokenBudget;
  }

  /** Applies a function to the hidden states of each sequence. */
  public <R> List<R> run(
      List<TokenSequence> sequences, SequenceFunction<R> function, BatchListener listener) {
    List<Integer> order =
        IntStream.range(0, sequences.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> -sequences.get(i).ids().length))
            .toList();
    var results = new ArrayList<@Nullable R>();
    sequences.forEach(s -> results.add(null));
    for (int from = 0; from < order.size(); ) {
      List<Integer> members = order.subList(from, end(sequences, order, from));
      PackedBatch batch = PackedBatch.of(members.stream().map(sequences::get).toList());
      backbone.encode(
          batch,
          LayerObserver.NONE,
          hidden -> {
            for (int b = 0; b < batch.size(); b++) {
              Matrix rows = hidden.slice(batch.cuSeqlens()[b], batch.cuSeqlens()[b + 1]);
              results.set(members.get(b), function.apply(members.get(b), rows));
            }
            return results;
          });
      listener.done(batch.size(), batch.tokens());
      from += members.size();
    }
    return results.stream().map(Objects::requireNonNull).toList();
  }

  private int end(List<TokenSequence> sequences, List<Integer> order, int from) {
    long tokens = 0;
    int end = from;
    while (end < order.size()) {
      int length = sequences.get(order.get(end)).ids().length;
      tokens += KeyValues.paddedTokens(new int[] {0, length});
      if (tokens > tokenBudget && end > from) {
        break;
      }
      end++;
    }
    return end;
  }
}
