package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.runtime.ExecutableMemory.Sealer;
import io.github.modernbert.codegen.spec.KernelShape;
import java.util.List;
import java.util.Optional;

/**
 * A kind of processor that code can be generated for: the differences between them in one place.
 */
public sealed interface Architecture permits X86, Arm64 {
  /** Values of the system property {@code os.arch} that are known. */
  List<String> NAMES = List.of("amd64", "aarch64");

  /**
   * The architecture of this JVM, with the features that its processor says it has.
   *
   * @throws UnsupportedOperationException if the system does not allow what that takes
   */
  static Architecture detect(Sealer sealer) {
    return System.getProperty("os.arch").equals("amd64")
        ? X86.of(X86Features.detect(sealer))
        : new Arm64(Arm64Features.detect());
  }

  /** Says what this processor lacks, or empty if its code can run. */
  Optional<String> obstacle();

  /** The shape of products; only called when there is no obstacle. */
  KernelShape shape();

  /** Whether there is code for products of 8-bit integers. */
  boolean hasInt8();

  /** All code that there is for this processor. */
  List<CodeUnit> code();
}
