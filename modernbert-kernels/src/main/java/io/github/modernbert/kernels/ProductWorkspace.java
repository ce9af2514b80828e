package io.github.modernbert.kernels;

/** Memory of one thread for the products of {@link PanelProduct}. */
final class ProductWorkspace {
  /** The left operand, in blocks of columns. */
  final Scratch.Floats rows = new Scratch.Floats();

  /** The product with a panel. */
  final Scratch.Floats sums = new Scratch.Floats();

  /** The second product of a gate. */
  final Scratch.Floats gates = new Scratch.Floats();

  /** Intermediate results of activations. */
  final Scratch.Floats between = new Scratch.Floats();

  /** A part of a panel as float32, off-heap as weights are. */
  final Scratch.Bytes panel = new Scratch.Bytes();

  /** Sums of products of integers. */
  final Scratch.Ints totals = new Scratch.Ints();

  /** Scales of rows that have become integers. */
  final QuantizedRows.Workspace quantized = new QuantizedRows.Workspace();

  /** Sum of words that were read only to be in a cache, so that the compiler does not drop them. */
  int touched;

  static ProductWorkspace of(Scratch scratch) {
    return scratch.workspace(ProductWorkspace.class, ProductWorkspace::new);
  }
}
