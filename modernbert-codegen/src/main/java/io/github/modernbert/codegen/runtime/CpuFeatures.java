package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.asm.Assembler;
import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.ScalarOp.Arithmetic;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * What the processor can do and the system supports, as the processor itself says.
 *
 * @param avx2 AVX2 and FMA
 * @param avx512 AVX-512 F, BW, DQ and VL
 * @param vnni AVX-512 VNNI
 * @param amx AMX for integers of 8 bits, with the system's permission to use it
 */
record CpuFeatures(boolean avx2, boolean avx512, boolean vnni, boolean amx) {
  static final CpuFeatures NONE = new CpuFeatures(false, false, false, false);

  // Leaf 1, ECX.
  private static final int FMA = 12;
  private static final int OSXSAVE = 27;
  // Leaf 7, EBX.
  private static final int AVX2 = 5;
  private static final int AVX512F = 16;
  private static final int AVX512DQ = 17;
  private static final int AVX512BW = 30;
  private static final int AVX512VL = 31;
  // Leaf 7, ECX.
  private static final int AVX512VNNI = 11;

  // Leaf 7, EDX.
  private static final int AMX_TILE = 24;
  private static final int AMX_INT8 = 25;

  /** State of vector registers that the system saves: SSE and AVX; with it, three of AVX-512. */
  private static final long YMM_STATE = 0b110;

  private static final long ZMM_STATE = 0b1110_0110;

  /** Shapes and contents of tiles. */
  private static final long TILE_STATE = 0b11L << 17;

  private static final int EBX = 1;
  private static final int ECX = 2;
  private static final int EDX = 3;

  /** Asks the processor, by code of our own: Java has no way to. */
  static CpuFeatures detect() {
    var asm = new Assembler();
    var cpuid = new Label();
    var xgetbv = new Label();
    writeCpuid(asm, cpuid);
    writeXgetbv(asm, xgetbv);
    try (Arena arena = Arena.ofConfined()) {
      ExecutableMemory code = ExecutableMemory.seal(arena, asm.finish());
      MethodHandle ask =
          code.function(
              cpuid,
              FunctionDescriptor.ofVoid(
                  ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
      long highest = ask(ask, 0)[0];
      if (highest < 7) {
        return NONE;
      }
      long[] basic = ask(ask, 1);
      if (!bit(basic[ECX], OSXSAVE)) {
        return NONE;
      }
      MethodHandle read = code.function(xgetbv, FunctionDescriptor.of(ValueLayout.JAVA_LONG));
      return of(basic, ask(ask, 7), (long) read.invokeExact());
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  private static CpuFeatures of(long[] basic, long[] extended, long state) {
    boolean ymm = (state & YMM_STATE) == YMM_STATE;
    boolean zmm = (state & ZMM_STATE) == ZMM_STATE;
    long ebx = extended[EBX];
    boolean avx512 =
        zmm && bit(ebx, AVX512F) && bit(ebx, AVX512DQ) && bit(ebx, AVX512BW) && bit(ebx, AVX512VL);
    return new CpuFeatures(
        ymm && bit(basic[ECX], FMA) && bit(ebx, AVX2),
        avx512,
        avx512 && bit(extended[ECX], AVX512VNNI),
        avx512 && amx(extended[EDX], state));
  }

  private static boolean amx(long edx, long state) {
    boolean there = bit(edx, AMX_TILE) && bit(edx, AMX_INT8) && (state & TILE_STATE) == TILE_STATE;
    boolean wanted = !System.getProperty(CodegenSupport.AMX_SWITCH, "").equals("false");
    // The process cannot give it back.
    return there && wanted && SystemCalls.requestTiles();
  }

  private static boolean bit(long word, int bit) {
    return (word >> bit & 1) != 0;
  }

  /** EAX, EBX, ECX and EDX of a leaf. */
  private static long[] ask(MethodHandle cpuid, long leaf) throws Throwable {
    var words = new long[4];
    cpuid.invokeExact(leaf, 0L, MemorySegment.ofArray(words));
    return words;
  }

  /** {@code void cpuid(long leaf, long subleaf, long[4] registers)}. */
  private static void writeCpuid(Assembler asm, Label entry) {
    asm.bind(entry);
    asm.push(Gpr.RBX);
    asm.mov(Gpr.R8, Gpr.RDX);
    asm.mov(Gpr.RAX, Gpr.RDI);
    asm.mov(Gpr.RCX, Gpr.RSI);
    asm.cpuid();
    Gpr[] results = {Gpr.RAX, Gpr.RBX, Gpr.RCX, Gpr.RDX};
    for (int i = 0; i < results.length; i++) {
      asm.mov(Mem.at(Gpr.R8, i * Long.BYTES), results[i]);
    }
    asm.pop(Gpr.RBX);
    asm.ret();
  }

  /** {@code long xgetbv()} of register 0. */
  private static void writeXgetbv(Assembler asm, Label entry) {
    asm.bind(entry);
    asm.mov(Gpr.RCX, 0);
    asm.xgetbv();
    asm.shl(Gpr.RDX, Integer.SIZE);
    asm.arithmetic(Arithmetic.ADD, Gpr.RAX, Gpr.RDX);
    asm.ret();
  }
}
