package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.spec.ProductFunctions;
import java.util.List;
import java.util.Optional;

/**
 * A kind of processor that code can be generated for: what differs between them, in one place. What
 * only one of them has code for is asked for by its class; the kernels delegate it on others.
 */
public sealed interface Architecture permits X86, Arm64 {
  /** Values of the system property {@code os.arch} that are known. */
  List<String> NAMES = List.of("amd64", "aarch64");

  /**
   * That of this JVM, whose processor is asked what it can do.
   *
   * @throws UnsupportedOperationException if the system does not allow what that takes
   */
  static Architecture detect() {
    return System.getProperty("os.arch").equals("amd64")
        ? new X86(CpuFeatures.detect())
        : new Arm64(Arm64Features.detect());
  }

  /** What this processor lacks, or empty if its code can run. */
  Optional<String> obstacle();

  /** The shape to use; only called when there is no obstacle. */
  KernelShape shape();

  /** Writes the code of products of {@link #shape()}. */
  ProductFunctions products();

  /** Whether there is code for products of integers. */
  boolean hasInt8();
}
