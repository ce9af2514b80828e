package io.github.modernbert.codegen.spec;

/** Formats of the weights of a panel in memory; products multiply them as float32. */
public enum PanelFormat {
  /** See {@link io.github.modernbert.kernels.FloatPanels}. */
  FLOAT32(Float.BYTES),

  /** See {@link io.github.modernbert.kernels.BFloat16Panels}. */
  BFLOAT16(Short.BYTES);

  /** Bytes of a weight. */
  public final int bytes;

  PanelFormat(int bytes) {
    this.bytes = bytes;
  }
}
