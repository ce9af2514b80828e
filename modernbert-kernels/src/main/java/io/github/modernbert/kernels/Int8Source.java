package io.github.modernbert.kernels;

/** A source of the integers of a weight matrix. */
@FunctionalInterface
public interface Int8Source {
  /**
   * Reads the weights of one output feature.
   *
   * @param target receives one integer for each input feature
   * @return the scale that they are multiplied with
   */
  float read(int feature, byte[] target);
}
