package io.github.modernbert.codegen;

import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.kernels.KernelProvider;
import io.github.modernbert.kernels.KernelSelection;
import io.github.modernbert.kernels.Kernels;
import java.util.Optional;

/** Offers {@link CodegenKernels} where machine code may be made and run. */
public final class CodegenKernelProvider implements KernelProvider {
  /** For the service loader. */
  public CodegenKernelProvider() {}

  @Override
  public String name() {
    return "codegen";
  }

  @Override
  public int rank() {
    return 200;
  }

  @Override
  public Optional<String> obstacle() {
    return CodegenSupport.obstacle();
  }

  @Override
  public Kernels create() {
    return new CodegenKernels(KernelSelection.below(rank()));
  }
}
