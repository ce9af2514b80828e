package io.github.modernbert.kernels;

/** Where the integers of a weight come from. */
@FunctionalInterface
public interface Int8Source {
  /**
   * Reads the weights of one output feature.
   *
   * @param target receives one integer for each input feature
   * @return what they are multiplied with
   */
  float read(int feature, byte[] target);
}
