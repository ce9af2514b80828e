package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.spec.ProductFunctions;
import io.github.modernbert.codegen.x86.ProductCode;
import java.util.Optional;

/**
 * x86-64.
 *
 * @param features of this processor
 */
public record X86(CpuFeatures features) implements Architecture {
  @Override
  public Optional<String> obstacle() {
    return features.avx2() || features.avx512()
        ? Optional.empty()
        : Optional.of("the processor has neither AVX2 with FMA nor AVX-512");
  }

  @Override
  public KernelShape shape() {
    int bits = Integer.getInteger(CodegenSupport.BITS_PROPERTY, 512);
    return features.avx512() && bits == 512 ? KernelShape.AVX512 : KernelShape.AVX2;
  }

  @Override
  public boolean hasInt8() {
    return features.vnni() && shape() == KernelShape.AVX512;
  }

  /** Whether products of integers are done with AMX. */
  boolean amx() {
    return hasInt8() && features.amx();
  }

  @Override
  public ProductFunctions products() {
    return new ProductCode(shape());
  }
}
