package io.github.modernbert.kernels;

/** An implementation of one kind of operation of {@link Kernels}. */
public interface Operation {
  /** The implementation as users see it, such as {@code vector (512 bit)}. */
  String name();

  /**
   * Does now what the first call would do, such as making code.
   *
   * @throws UnsupportedOperationException if the system refuses what that takes; the provider then
   *     has an obstacle
   */
  default void prepare() {}

  /** Whether it runs as machine code from the first call on, and not as Java to be compiled. */
  default boolean isMachineCode() {
    return false;
  }
}
