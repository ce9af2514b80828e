package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.asm.Listing;
import io.github.modernbert.codegen.asm.MachineCode;
import io.github.modernbert.codegen.runtime.ExecutableMemory.Sealer;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.spec.PanelFormat;
import io.github.modernbert.kernels.WeightFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A kind of processor that code can be generated for: the differences between them in one place.
 */
public sealed interface Architecture permits X86, Arm64 {
  /** Values of the system property {@code os.arch} that are known. */
  List<String> NAMES = List.of("amd64", "aarch64");

  /**
   * The architecture of this JVM, with the features that its processor says it has. Seals some code
   * to find out whether that is possible.
   *
   * @throws UnsupportedOperationException if the system does not allow what that takes
   */
  static Architecture detect(Sealer sealer) {
    return System.getProperty("os.arch").equals("amd64")
        ? X86.of(X86Features.detect(sealer))
        : Arm64.detect(sealer);
  }

  /** Says what this processor lacks, or empty if its code can run. */
  Optional<String> obstacle();

  /** The shape of products; only called when there is no obstacle. */
  KernelShape shape();

  /** The tiles that a product cuts few rows into, where it is faster with several than with one. */
  int fewestTiles(PanelFormat format);

  /** The formats of weights that there is code for. */
  Set<WeightFormat> formats();

  /** The functions that there is code for. */
  Set<FunctionGroup> groups();

  /**
   * Generates one of the {@link #groups}.
   *
   * @param listing records the code, if it is given
   */
  MachineCode generate(FunctionGroup group, @Nullable Listing listing);
}
