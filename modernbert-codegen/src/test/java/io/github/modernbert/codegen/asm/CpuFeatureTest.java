package io.github.modernbert.codegen.asm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An instruction that the code may not use is refused and leaves nothing behind. */
final class CpuFeatureTest {
  private static final Vec X = Width.XMM.register(1);
  private static final Vec Y = Width.YMM.register(1);
  private static final Vec Z = Width.ZMM.register(1);

  /** Instructions by the one feature that, of all, each cannot do without. */
  private static Map<String, Consumer<X86Assembler>> x86(CpuFeature feature) {
    var code = new LinkedHashMap<String, Consumer<X86Assembler>>();
    switch (feature) {
      case AVX -> {
        code.put("vaddps ymm1, ymm1, ymm1", asm -> asm.vaddps(Y, Y, Y));
        code.put("vpaddd xmm1, xmm1, xmm1", asm -> asm.vpaddd(X, X, X));
        code.put("vbroadcastss ymm1, [rax]", asm -> asm.vbroadcastss(Y, Mem.at(Gpr.RAX, 0)));
        code.put("vzeroupper", X86Assembler::vzeroupper);
      }
      case AVX2 -> {
        code.put("vpaddd ymm1, ymm1, ymm1", asm -> asm.vpaddd(Y, Y, Y));
        code.put("vbroadcastss xmm1, xmm1", asm -> asm.vbroadcastss(X, X));
      }
      case FMA -> code.put("vfmadd231ps ymm1, ymm1, ymm1", asm -> asm.vfmadd231ps(Y, Y, Y));
      case AVX512F -> {
        code.put("vaddps zmm1, zmm1, zmm1", asm -> asm.vaddps(Z, Z, Z));
        code.put("vfmadd231ps zmm1, zmm1, zmm1", asm -> asm.vfmadd231ps(Z, Z, Z));
        code.put("vpxord zmm1, zmm1, zmm1", asm -> asm.vpxord(Z, Z, Z));
        code.put("vaddps ymm1{k1}, ymm1, ymm1", asm -> asm.vaddps(Y.merging(Mask.K1), Y, Y));
      }
      case AVX_VNNI -> code.put("vpdpbusd ymm1, ymm1, ymm1", asm -> asm.vpdpbusd(Y, Y, Y));
      case AVX512BW -> code.put("vpmaddwd zmm1, zmm1, zmm1", asm -> asm.vpmaddwd(Z, Z, Z));
      case AVX512DQ -> code.put("vandps zmm1, zmm1, zmm1", asm -> asm.vandps(Z, Z, Z));
      case AVX512VL -> {
        code.put("vaddps ymm1{k1}, ymm1, ymm1", asm -> asm.vaddps(Y.merging(Mask.K1), Y, Y));
        code.put("vaddps ymm16, ymm1, ymm1", asm -> asm.vaddps(Width.YMM.register(16), Y, Y));
      }
      case AVX512_VNNI -> code.put("vpdpbusd zmm1, zmm1, zmm1", asm -> asm.vpdpbusd(Z, Z, Z));
      case AMX_TILE -> {
        code.put("tilerelease", X86Assembler::tilerelease);
        code.put("ldtilecfg [rax]", asm -> asm.ldtilecfg(Mem.at(Gpr.RAX, 0)));
        code.put(
            "tileloadd tmm1, [rax+rcx*1]",
            asm -> asm.tileloadd(Tile.TMM1, Mem.at(Gpr.RAX, Gpr.RCX, 1, 0)));
        code.put(
            "tilestored [rax+rcx*1], tmm1",
            asm -> asm.tilestored(Mem.at(Gpr.RAX, Gpr.RCX, 1, 0), Tile.TMM1));
      }
      case AMX_INT8 ->
          code.put("tdpbusd tmm1, tmm2, tmm3", asm -> asm.tdpbusd(Tile.TMM1, Tile.TMM2, Tile.TMM3));
      case NEON, DOTPROD, I8MM -> {}
    }
    return code;
  }

  private static Map<String, Consumer<Arm64Assembler>> arm64(CpuFeature feature) {
    return switch (feature) {
      case NEON -> Map.of("fadd v1.4s, v1.4s, v1.4s", asm -> asm.fadd(X, X, X));
      case DOTPROD -> Map.of("sdot v1.4s, v1.16b, v1.4b[2]", asm -> asm.sdot(X, X, X, 2));
      case I8MM -> Map.of("smmla v1.4s, v1.16b, v1.16b", asm -> asm.smmla(X, X, X));
      default -> Map.of();
    };
  }

  @ParameterizedTest
  @EnumSource
  void withoutItInstructionsAreRefused(CpuFeature feature) {
    Set<CpuFeature> others = EnumSet.complementOf(EnumSet.of(feature));
    var x86 = x86(feature);
    x86.forEach((text, code) -> {
      var asm = new X86Assembler(others, null);
      refused(text, feature, others, () -> code.accept(asm));
      assertEquals(0, asm.size(), text);
      code.accept(new X86Assembler(EnumSet.allOf(CpuFeature.class), null));
    });
    var arm64 = arm64(feature);
    arm64.forEach((text, code) -> {
      var asm = new Arm64Assembler(others, null);
      refused(text, feature, others, () -> code.accept(asm));
      assertEquals(0, asm.size(), text);
      code.accept(new Arm64Assembler(EnumSet.allOf(CpuFeature.class), null));
    });
    assertFalse(x86.isEmpty() && arm64.isEmpty(), "no instruction needs " + feature);
  }

  private static void refused(
      String text, CpuFeature feature, Set<CpuFeature> others, Runnable code) {
    var e = assertThrows(IllegalStateException.class, code::run, text);
    assertTrue(
        e.getMessage().startsWith(text + " needs [")
            && e.getMessage().contains(feature.name())
            && e.getMessage().endsWith("the code is for " + others),
        e.getMessage());
  }
}
