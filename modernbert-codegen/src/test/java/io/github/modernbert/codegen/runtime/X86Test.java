package io.github.modernbert.codegen.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.codegen.asm.CpuFeature;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.x86.Int8Instructions;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Code for processors that this one need not be. */
final class X86Test {
  /** The assembler refuses an instruction that the features do not include. */
  @ParameterizedTest
  @EnumSource
  void codeNeedsNoMoreThanItsFeatures(Int8Instructions instructions) {
    for (KernelShape shape : Set.of(KernelShape.AVX512, KernelShape.AVX2)) {
      Set<CpuFeature> features = EnumSet.copyOf(shape.features());
      features.addAll(instructions.features(shape.width()));
      var processor = new X86(features, shape);
      boolean amxOf256Bits = instructions == Int8Instructions.AMX && shape == KernelShape.AVX2;
      assertEquals(amxOf256Bits ? Int8Instructions.MADD : instructions, processor.integers());
      for (FunctionGroup group : processor.groups()) {
        assertTrue(processor.generate(group, null).bytes().length > 0);
      }
    }
  }
}
