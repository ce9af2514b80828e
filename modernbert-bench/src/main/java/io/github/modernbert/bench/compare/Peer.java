package io.github.modernbert.bench.compare;

import java.util.Locale;

/** Who takes part beside this library. */
enum Peer {
  ONNXRUNTIME(Precision.FP32, Host.JAVA, "model.onnx"),
  OPENVINO(Precision.FP32, Host.PYTHON, "openvino"),
  TORCH(Precision.FP32, Host.PYTHON, "torch"),
  TORCH_COMPILED(Precision.FP32, Host.PYTHON, "torch-compiled"),
  SENTENCE_TRANSFORMERS(Precision.FP32, Host.PYTHON, "sentence-transformers"),
  ONNXRUNTIME_INT8(Precision.INT8, Host.JAVA, "model-int8.onnx"),
  OPENVINO_WEIGHTS_INT8(Precision.INT8, Host.PYTHON, "openvino-weights-int8"),
  OPENVINO_INT8(Precision.INT8, Host.PYTHON, "openvino-int8"),
  OURS_BFLOAT16(Precision.BF16, Host.OURS, Ours.BFLOAT16),
  OURS_INT8(Precision.INT8, Host.OURS, Ours.INT8);

  /** The precision of the numbers that are computed with. */
  enum Precision {
    /** As the checkpoint is; results must be ours within rounding. */
    FP32,
    /** The same with weights that are rounded: only compared roughly, and never in a goal. */
    BF16,
    /** Faster, and something else: only compared roughly, and with goals of its own. */
    INT8
  }

  /** The kind of process it lives in. */
  enum Host {
    JAVA,
    PYTHON,
    /** This library once more, with options that change its numbers. */
    OURS
  }

  private final Precision precision;
  private final Host host;
  private final String variant;

  Peer(Precision precision, Host host, String variant) {
    this.precision = precision;
    this.host = host;
    this.variant = variant;
  }

  /** In reports and on the command line. */
  String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  Precision precision() {
    return precision;
  }

  Host host() {
    return host;
  }

  /** The variant that its server is asked to load. */
  String variant() {
    return variant;
  }

  /** Runs before anything is timed: a compiler at work makes its first one useless. */
  int warmUpRuns() {
    return this == TORCH_COMPILED ? 2 : 1;
  }

  /** Whether it sorts texts by length and cuts them into batches itself. */
  boolean sortsItself() {
    return this == SENTENCE_TRANSFORMERS;
  }

  /** Whether it is this library, which takes all texts at once and does not pad. */
  boolean isOurs() {
    return host == Host.OURS;
  }
}
