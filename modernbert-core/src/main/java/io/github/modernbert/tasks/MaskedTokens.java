package io.github.modernbert.tasks;

import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.tokenizer.Encoding;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * A text whose tokens are masked in turn: one sequence for each token that is not special, of which
 * the logarithm of that token's probability is kept.
 *
 * @param <R> the result
 */
public final class MaskedTokens<R> implements Request<Double, R> {
  private final Encoding encoding;
  private final int maskId;
  private final MaskedLmHead head;
  private final BiFunction<List<String>, List<Double>, R> result;
  private final int[] positions;

  /**
   * Masks the tokens of an encoding.
   *
   * @param result makes the result of the tokens and their natural logarithms of probabilities
   */
  public MaskedTokens(
      Encoding encoding,
      int maskId,
      MaskedLmHead head,
      BiFunction<List<String>, List<Double>, R> result) {
    this.encoding = encoding;
    this.maskId = maskId;
    this.head = head;
    this.result = result;
    int[] special = encoding.specialTokensMask();
    this.positions = IntStream.range(0, encoding.length()).filter(i -> special[i] == 0).toArray();
  }

  @Override
  public List<int[]> sequences() {
    return IntStream.of(positions).mapToObj(this::masked).toList();
  }

  private int[] masked(int position) {
    int[] ids = encoding.ids();
    ids[position] = maskId;
    return ids;
  }

  @Override
  public Double read(int sequence, Matrix hidden) {
    int position = positions[sequence];
    float[] logits = head.logits(hidden, new int[] {position})[0];
    return new TokenDistribution(logits).logProbability(encoding.id(position));
  }

  @Override
  public R result(List<Double> kept) {
    List<String> tokens = encoding.tokens();
    return result.apply(IntStream.of(positions).mapToObj(tokens::get).toList(), kept);
  }
}
