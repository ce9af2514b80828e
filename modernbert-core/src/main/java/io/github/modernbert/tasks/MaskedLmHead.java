package io.github.modernbert.tasks;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.encoder.EncoderWeights;
import io.github.modernbert.encoder.Tiling;
import io.github.modernbert.encoder.WeightPacker;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.weights.Checkpoint;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Set;

/**
 * Logits over the vocabulary: p(h) · decoderᵀ + bias, where the decoder is the embedding matrix if
 * the two are tied. Safe for use by several threads while a call of the backbone is under way.
 *
 * <p>The decoder is cut into slices of the vocabulary, which workers compute side by side: so a
 * single text uses all of them, reads each weight once for many rows, and the logits of all tokens
 * are never held at once.
 */
public final class MaskedLmHead {
  /** Tokens of a slice: with the rows of a work item their logits stay in a core's own cache. */
  private static final int SLICE = 1024;

  /** Reduces the logits of a sequence, row by row. */
  @FunctionalInterface
  public interface RowReducer {
    /**
     * Takes the logits of the next row for some of the vocabulary; rows come in ascending order.
     *
     * @param logits those of the tokens {@code from …}
     * @param result one value for each token of the vocabulary, 0 before the first row
     */
    void add(float[] logits, int from, double[] result);
  }

  private final Backbone backbone;
  private final PredictionHead head;
  private final List<PackedMatrix> decoder;
  private final Set<String> tensors;

  private MaskedLmHead(Backbone backbone, WeightPacker packer) {
    ModernBertConfig config = backbone.config();
    this.backbone = backbone;
    this.head = new PredictionHead(backbone, packer);
    this.decoder =
        packer.slices(
            EncoderWeights.decoder(config, packer),
            config.decoderBias() ? "decoder.bias" : null,
            config.vocabSize(),
            config.hiddenSize(),
            SLICE,
            backbone.pool());
    this.tensors = packer.taken();
  }

  /**
   * Loads the head into the memory of the model.
   *
   * @throws io.github.modernbert.files.ModelFileException if a tensor is missing or has another
   *     shape
   */
  public static MaskedLmHead load(Backbone backbone) {
    try (Checkpoint checkpoint = backbone.openCheckpoint()) {
      return new MaskedLmHead(backbone, backbone.packer(checkpoint));
    }
  }

  /** The tensors it was made of. */
  public Set<String> tensors() {
    return tensors;
  }

  /**
   * The logits of some rows.
   *
   * @param rows which rows of hidden
   * @return one array of vocabulary size for each
   */
  public float[][] logits(Matrix hidden, int[] rows) {
    var logits = new float[rows.length][backbone.config().vocabSize()];
    try (Arena arena = Arena.ofShared()) {
      decode(
          predictions(Vectors.gather(hidden, rows, arena), arena),
          (row, values, from) -> System.arraycopy(values, 0, logits[row], from, values.length));
    }
    return logits;
  }

  /** Makes one value for each token of the vocabulary from the logits of all rows. */
  public double[] reduce(Matrix hidden, RowReducer reducer) {
    var result = new double[backbone.config().vocabSize()];
    try (Arena arena = Arena.ofShared()) {
      decode(predictions(hidden, arena), (row, values, from) -> reducer.add(values, from, result));
    }
    return result;
  }

  /** Logits may be −∞ for tokens that a bias rules out: their probability is 0. */
  private static float[] requireUsable(float[] logits) {
    for (float logit : logits) {
      if (!(logit < Float.POSITIVE_INFINITY)) {
        throw new NotFiniteException(logit);
      }
    }
    return logits;
  }

  private Matrix predictions(Matrix hidden, Arena shared) {
    Matrix result = Matrix.allocate(shared, hidden.rows(), hidden.columns());
    ParallelRows.run(
        backbone.pool(),
        hidden.rows(),
        (from, to) -> head.apply(hidden.slice(from, to), result.slice(from, to), new Scratch()));
    return result;
  }

  /** Takes a row's logits for the tokens of a slice. */
  private interface SliceConsumer {
    void accept(int row, float[] values, int from);
  }

  private void decode(Matrix predictions, SliceConsumer consumer) {
    int step = Math.min(predictions.rows(), Tiling.maxItemRows());
    backbone
        .pool()
        .run(
            decoder.size(),
            s -> {
              PackedMatrix slice = decoder.get(s);
              try (Arena arena = Arena.ofConfined()) {
                var scratch = new Scratch();
                Matrix logits = Matrix.allocate(arena, step, slice.rows());
                for (int from = 0; from < predictions.rows(); from += step) {
                  int to = Math.min(predictions.rows(), from + step);
                  Matrix part = logits.slice(0, to - from);
                  backbone.kernels().multiply(predictions.slice(from, to), slice, part, scratch);
                  for (int r = 0; r < to - from; r++) {
                    consumer.accept(from + r, requireUsable(part.row(r)), s * SLICE);
                  }
                }
              }
            });
  }
}
