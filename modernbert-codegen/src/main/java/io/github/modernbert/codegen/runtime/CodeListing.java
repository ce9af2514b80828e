package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.asm.CpuFeature;
import io.github.modernbert.codegen.asm.Listing;
import io.github.modernbert.codegen.spec.KernelShape;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Prints the generated code for a processor, on whatever processor this runs. */
final class CodeListing {
  /** Processors that code is generated for, by what they have. */
  enum Target {
    AVX2(new X86(KernelShape.AVX2.features(), KernelShape.AVX2)),
    AVX512(new X86(KernelShape.AVX512.features(), KernelShape.AVX512)),
    VNNI(x86(CpuFeature.AVX512_VNNI)),
    AMX(x86(CpuFeature.AVX512_VNNI, CpuFeature.AMX_TILE, CpuFeature.AMX_INT8)),
    NEON(new Arm64(Set.of(CpuFeature.NEON))),
    DOTPROD(new Arm64(Set.of(CpuFeature.NEON, CpuFeature.DOTPROD))),
    I8MM(new Arm64(Set.of(CpuFeature.NEON, CpuFeature.I8MM)));

    final Architecture architecture;

    Target(Architecture architecture) {
      this.architecture = architecture;
    }

    /** A processor with AVX-512 and more. */
    private static X86 x86(CpuFeature... more) {
      Set<CpuFeature> features = EnumSet.copyOf(KernelShape.AVX512.features());
      features.addAll(List.of(more));
      return new X86(features, KernelShape.AVX512);
    }
  }

  private CodeListing() {}

  /**
   * Prints one listing.
   *
   * @param args a {@link Target}, such as {@code avx512}, and a {@link FunctionGroup}, such as
   *     {@code attention}
   */
  public static void main(String[] args) {
    Target target = Target.valueOf(args[0].toUpperCase(Locale.ROOT));
    FunctionGroup group = FunctionGroup.valueOf(args[1].toUpperCase(Locale.ROOT));
    System.out.print(of(target.architecture, group));
  }

  /** The code of a group as text, see {@link Listing#print}. */
  static String of(Architecture architecture, FunctionGroup group) {
    var listing = new Listing();
    return listing.print(architecture.generate(group, listing).bytes());
  }
}
