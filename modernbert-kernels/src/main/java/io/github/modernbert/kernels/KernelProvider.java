package io.github.modernbert.kernels;

import java.util.Optional;

/**
 * Offers implementations of operations as a service. Loading a provider must need nothing that may
 * be missing at run time; only {@link #offer} may.
 */
public interface KernelProvider {
  /** The name users choose it by, such as {@code vector}. */
  String name();

  /** Rank among providers: operations are taken from the highest one that offers them. */
  int rank();

  /** Why it cannot run here and what to do about it, or empty when it can. */
  Optional<String> obstacle();

  /**
   * Why it would run far slower here than it should, and what to do about it, or empty. Such
   * kernels are used on demand only.
   */
  default Optional<String> drawback() {
    return Optional.empty();
  }

  /**
   * The operations of this provider, and those of the next best kernels for all that it lacks. Only
   * called when there is no obstacle.
   */
  Kernels offer(Kernels next);
}
