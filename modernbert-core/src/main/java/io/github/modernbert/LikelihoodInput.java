package io.github.modernbert;

import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.tasks.MaskedLmHead;
import io.github.modernbert.tasks.TaskInput;
import io.github.modernbert.tasks.TokenDistribution;
import io.github.modernbert.tokenizer.Encoding;
import java.util.List;
import java.util.stream.IntStream;

/** A text whose tokens are masked in turn: one sequence for each token that is not special. */
final class LikelihoodInput implements TaskInput<Double, PseudoLikelihood> {
  private final Encoding encoding;
  private final int maskId;
  private final MaskedLmHead head;
  private final int[] positions;

  LikelihoodInput(Encoding encoding, int maskId, MaskedLmHead head) {
    this.encoding = encoding;
    this.maskId = maskId;
    this.head = head;
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
  public PseudoLikelihood result(List<Double> kept) {
    List<String> tokens = encoding.tokens();
    return new PseudoLikelihood(
        IntStream.of(positions).mapToObj(tokens::get).toList(), kept, encoding.isTruncated());
  }
}
