package io.github.modernbert.bench.compare;

/**
 * A matrix product, ours and ONNX Runtime's; one thread, weights in the caches.
 *
 * @param shape input by output features
 * @param rows of the input
 * @param flops of one product
 * @param ours median seconds
 * @param onnxRuntime median seconds
 */
record ProductResult(String shape, int rows, double flops, double ours, double onnxRuntime) {
  /** How many times as fast we are. */
  double ratio() {
    return onnxRuntime / ours;
  }
}
