package io.github.modernbert.kernels;

import java.util.Optional;

/**
 * Offers an implementation of {@link Kernels} as a service. Loading a provider must need nothing
 * that may be missing at run time; only {@link #create} may.
 */
public interface KernelProvider {
  /** The name users choose it by, such as {@code vector}. */
  String name();

  /** Providers of a higher rank are preferred. */
  int rank();

  /** Why it cannot run here and what to do about it, or empty when it can. */
  Optional<String> obstacle();

  /** Creates the kernels; only called when there is no obstacle. */
  Kernels create();
}
