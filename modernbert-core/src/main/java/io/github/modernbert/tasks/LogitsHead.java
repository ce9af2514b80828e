package io.github.modernbert.tasks;

import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.encoder.WeightPacker;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.weights.Checkpoint;
import java.lang.foreign.Arena;
import java.util.Set;
import java.util.function.Function;

/**
 * The head that all tasks share (see Heads in docs/model.md): the prediction head p(h) =
 * LayerNorm(act(h · denseᵀ)), then a linear layer: logits = p(h) · Wᵀ + b. Safe for use by several
 * threads while a call of the backbone is under way.
 */
public final class LogitsHead {
  private static final String CLASSIFIER = "classifier";

  private final Backbone backbone;
  private final PredictionHead head;
  private final PackedMatrix output;
  private final Set<String> tensors;

  private LogitsHead(
      Backbone backbone, WeightPacker packer, Function<WeightPacker, PackedMatrix> output) {
    this.backbone = backbone;
    this.head = new PredictionHead(backbone, packer);
    this.output = output.apply(packer);
    this.tensors = packer.taken();
  }

  /**
   * Loads the head of a classifier into the memory of the model.
   *
   * @param outputs how many logits it has
   * @throws io.github.modernbert.files.ModelFileException if a tensor is missing or has another
   *     shape
   */
  public static LogitsHead classifier(Backbone backbone, int outputs) {
    int hidden = backbone.config().hiddenSize();
    return load(backbone, packer -> packer.linear(CLASSIFIER, outputs, hidden, true));
  }

  /** Loads a head with any linear layer after the prediction head. */
  static LogitsHead load(Backbone backbone, Function<WeightPacker, PackedMatrix> output) {
    try (Checkpoint checkpoint = backbone.openCheckpoint()) {
      return new LogitsHead(backbone, backbone.packer(checkpoint), output);
    }
  }

  /** The steps of the head, in words. */
  public String steps() {
    return "prediction head, " + output.rows() + (output.rows() == 1 ? " logit" : " logits");
  }

  /** The tensors it was made of. */
  public Set<String> tensors() {
    return tensors;
  }

  /** The logits of a vector of hidden size. */
  public float[] logits(float[] vector) {
    try (Arena arena = Arena.ofConfined()) {
      Matrix row = Matrix.allocate(arena, 1, vector.length);
      row.setRow(0, vector);
      return compute(row)[0];
    }
  }

  /** The logits of each row, computed by the workers. */
  public float[][] logits(Matrix hidden) {
    var logits = new float[hidden.rows()][];
    ParallelRows.run(
        backbone.pool(),
        hidden.rows(),
        (from, to) -> {
          float[][] part = compute(hidden.slice(from, to));
          System.arraycopy(part, 0, logits, from, part.length);
        });
    return logits;
  }

  private float[][] compute(Matrix rows) {
    Kernels kernels = backbone.kernels();
    try (Arena arena = Arena.ofConfined()) {
      var scratch = new Scratch();
      Matrix projected = Matrix.allocate(arena, rows.rows(), rows.columns());
      Matrix logits = Matrix.allocate(arena, rows.rows(), output.rows());
      head.apply(rows, projected, scratch);
      kernels.multiply(projected, output, logits, scratch);
      return Vectors.results(logits);
    }
  }
}
