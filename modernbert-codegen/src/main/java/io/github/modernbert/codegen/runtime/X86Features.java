package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.asm.CpuFeature;
import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.MachineCode;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Signature;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.codegen.runtime.ExecutableMemory.Sealer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.EnumSet;
import java.util.Set;

/** Finds out the features of an x86-64 processor that the system supports. */
final class X86Features {
  private static final Signature CPUID =
      Signature.of("void cpuid(long leaf, long subleaf, address registers)");
  private static final Signature XGETBV = Signature.of("long xgetbv()");

  /** Bit of leaf 1, ECX: the system saves registers of vectors. */
  private static final int OSXSAVE = 27;

  /** State of vector registers that the system saves: SSE and AVX; with it, three of AVX-512. */
  private static final long YMM_STATE = 0b110;

  private static final long ZMM_STATE = 0b1110_0110;

  /** Shapes and contents of tiles. */
  private static final long TILE_STATE = 0b11L << 17;

  private static final int EAX = 0;
  private static final int EBX = 1;
  private static final int ECX = 2;
  private static final int EDX = 3;

  private final Set<CpuFeature> found = EnumSet.noneOf(CpuFeature.class);
  private final long state;

  /**
   * @param state the registers that the system saves
   */
  private X86Features(long state) {
    this.state = state;
  }

  /**
   * Asks the processor, by generated code: Java has no way to.
   *
   * @throws UnsupportedOperationException if the system does not allow generated code
   */
  static Set<CpuFeature> detect(Sealer sealer) {
    try {
      // One page for the life of the process: to unmap it another function would have to be linked.
      ExecutableMemory code = sealer.seal(Arena.global(), generate());
      MethodHandle cpuid = code.function(CPUID);
      long highest = registers(cpuid, 0, 0)[EAX];
      long[] basic = registers(cpuid, 1, 0);
      if (highest < 7 || !bit(basic[ECX], OSXSAVE)) {
        return Set.of();
      }
      var features = new X86Features((long) code.function(XGETBV).invokeExact());
      long[] extended = registers(cpuid, 7, 0);
      long[] more = extended[EAX] >= 1 ? registers(cpuid, 7, 1) : new long[4];
      features.find(basic, extended, more);
      return features.found;
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  /** Finds features by their bits in leaf 1, leaf 7 and its first subleaf. */
  private void find(long[] basic, long[] extended, long[] more) {
    add(CpuFeature.FMA, YMM_STATE, basic[ECX], 12);
    add(CpuFeature.AVX, YMM_STATE, basic[ECX], 28);
    add(CpuFeature.AVX2, YMM_STATE, extended[EBX], 5);
    add(CpuFeature.AVX512F, ZMM_STATE, extended[EBX], 16);
    add(CpuFeature.AVX512DQ, ZMM_STATE, extended[EBX], 17);
    add(CpuFeature.AVX512BW, ZMM_STATE, extended[EBX], 30);
    add(CpuFeature.AVX512VL, ZMM_STATE, extended[EBX], 31);
    if (!isOff(CodegenSupport.VNNI_SWITCH)) {
      add(CpuFeature.AVX512_VNNI, ZMM_STATE, extended[ECX], 11);
      add(CpuFeature.AVX_VNNI, YMM_STATE, more[EAX], 4);
    }
    // Both AMX_TILE and AMX_INT8.
    boolean tiles =
        found.contains(CpuFeature.AVX512F)
            && (state & TILE_STATE) == TILE_STATE
            && bit(extended[EDX], 24)
            && bit(extended[EDX], 25);
    // A process that asked for tiles cannot give them back.
    if (tiles && !isOff(CodegenSupport.AMX_SWITCH) && SystemCalls.requestTiles()) {
      found.add(CpuFeature.AMX_TILE);
      found.add(CpuFeature.AMX_INT8);
    }
  }

  private static boolean isOff(String property) {
    return System.getProperty(property, "").equals("false");
  }

  private void add(CpuFeature feature, long neededState, long word, int bit) {
    if ((state & neededState) == neededState && bit(word, bit)) {
      found.add(feature);
    }
  }

  private static boolean bit(long word, int bit) {
    return (word >> bit & 1) != 0;
  }

  /** EAX, EBX, ECX and EDX of a subleaf. */
  private static long[] registers(MethodHandle cpuid, long leaf, long subleaf) throws Throwable {
    var words = new long[4];
    cpuid.invokeExact(leaf, subleaf, MemorySegment.ofArray(words));
    return words;
  }

  private static MachineCode generate() {
    var asm = new X86Assembler(Set.of(), null);
    asm.function(CPUID);
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

    asm.function(XGETBV);
    asm.mov(Gpr.RCX, 0);
    asm.xgetbv();
    asm.shl(Gpr.RDX, Integer.SIZE);
    asm.add(Gpr.RAX, Gpr.RDX);
    asm.ret();
    return asm.finish();
  }
}
