package io.github.modernbert.codegen.asm;

import static io.github.modernbert.codegen.asm.ModRm.bit;

import io.github.modernbert.codegen.asm.VectorOp.Prefix;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes x86-64 instructions. Operands are in Intel's order: the first one is written. Jumps have
 * distances of four bytes. Vector instructions have the shortest encoding there is for their
 * operands: VEX, or EVEX where a mask, 512 bits or a register from 16 on needs it.
 */
public final class X86Assembler extends Assembler {
  private static final Set<CpuFeature> AVX = Set.of(CpuFeature.AVX);
  private static final Set<CpuFeature> AMX_TILE = Set.of(CpuFeature.AMX_TILE);
  private static final Set<CpuFeature> AMX_INT8 = Set.of(CpuFeature.AMX_INT8);

  private final Map<Integer, Label> constants = new LinkedHashMap<>();

  /** A vector instruction with two sources. */
  @FunctionalInterface
  public interface Ternary {
    void write(Destination target, Vec a, VecOrMem b);
  }

  /**
   * An assembler.
   *
   * @param features those whose instructions the code may use
   * @param listing records what is written, if it is given
   */
  public X86Assembler(Set<CpuFeature> features, @Nullable Listing listing) {
    super(features, listing);
  }

  /** A number in all lanes of the widest vector, in memory behind the code. */
  public Mem constant(float value) {
    return constantBits(Float.floatToRawIntBits(value));
  }

  /** The same, by its bits. */
  public Mem constantBits(int bits) {
    return Mem.at(constants.computeIfAbsent(bits, b -> new Label()));
  }

  /** Writes the constants that have been asked for, and finishes. */
  @Override
  public MachineCode finish() {
    if (!constants.isEmpty()) {
      align(Width.ZMM.bytes());
    }
    constants.forEach((bits, label) -> {
      bind(label);
      data(bits, Width.ZMM.floats());
    });
    return super.finish();
  }

  @Override
  void nops(int bytes) {
    begin(".fill %s, 1, 0x90", bytes);
    for (int i = 0; i < bytes; i++) {
      code.put8(0x90);
    }
  }

  public void mov(Gpr target, GprOrMem source) {
    begin("mov", target, source);
    registerOrMemory(0x88, target, source);
  }

  public void mov(Mem target, Gpr source) {
    begin("mov", target, source);
    memory(0x89, source, target);
  }

  public void mov(Gpr32 target, Mem source) {
    begin("mov", target, source);
    memory32(0x8B, target, source);
  }

  public void mov(Mem target, Gpr32 source) {
    begin("mov", target, source);
    memory32(0x89, source, target);
  }

  /** Sets all 64 bits to a constant of 32 bits with a sign. */
  public void mov(Gpr target, int constant) {
    begin("mov", target, constant);
    rex(null, null, target);
    code.put8(0xC7);
    ModRm.registers(code, 0, target.number());
    code.put32(constant);
  }

  public void lea(Gpr target, Mem address) {
    begin("lea", target, address);
    memory(0x8D, target, address);
  }

  public void add(Gpr target, GprOrMem source) {
    arithmetic("add", 0x00, target, source);
  }

  public void add(Gpr target, int constant) {
    arithmetic("add", 0x00, target, constant);
  }

  public void and(Gpr target, GprOrMem source) {
    arithmetic("and", 0x20, target, source);
  }

  public void and(Gpr target, int constant) {
    arithmetic("and", 0x20, target, constant);
  }

  public void sub(Gpr target, GprOrMem source) {
    arithmetic("sub", 0x28, target, source);
  }

  public void sub(Gpr target, int constant) {
    arithmetic("sub", 0x28, target, constant);
  }

  public void cmp(Gpr target, GprOrMem source) {
    arithmetic("cmp", 0x38, target, source);
  }

  public void cmp(Gpr target, int constant) {
    arithmetic("cmp", 0x38, target, constant);
  }

  private void arithmetic(String mnemonic, int opcode, Gpr target, GprOrMem source) {
    begin(mnemonic, target, source);
    registerOrMemory(opcode, target, source);
  }

  private void arithmetic(String mnemonic, int opcode, Gpr target, int constant) {
    begin(mnemonic, target, constant);
    rex(null, null, target);
    if (constant == (byte) constant) {
      code.put8(0x83);
      ModRm.registers(code, opcode >> 3, target.number());
      code.put8(constant);
      return;
    }
    if (target == Gpr.RAX) {
      code.put8(opcode + 5);
    } else {
      code.put8(0x81);
      ModRm.registers(code, opcode >> 3, target.number());
    }
    code.put32(constant);
  }

  public void test(Gpr a, Gpr b) {
    begin("test", a, b);
    registers(0x85, b, a);
  }

  public void imul(Gpr target, Gpr source) {
    begin("imul", target, source);
    rex(target, null, source);
    code.put8(0x0F);
    code.put8(0xAF);
    ModRm.registers(code, target.number(), source.number());
  }

  /** Shifts to the left by 2 to 63 bits. */
  public void shl(Gpr target, int bits) {
    shift("shl", 4, target, bits);
  }

  /** Shifts to the right by 2 to 63 bits; zeros come from the left. */
  public void shr(Gpr target, int bits) {
    shift("shr", 5, target, bits);
  }

  private void shift(String mnemonic, int extension, Gpr target, int bits) {
    if (bits < 2 || bits > 63) {
      throw new IllegalArgumentException("shifts are by 2 to 63 bits, found " + bits);
    }
    begin(mnemonic, target, bits);
    rex(null, null, target);
    code.put8(0xC1);
    ModRm.registers(code, extension, target.number());
    code.put8(bits);
  }

  public void dec(Gpr target) {
    begin("dec", target);
    rex(null, null, target);
    code.put8(0xFF);
    ModRm.registers(code, 1, target.number());
  }

  public void push(Gpr source) {
    stack("push", 0x50, source);
  }

  public void pop(Gpr target) {
    stack("pop", 0x58, target);
  }

  private void stack(String mnemonic, int opcode, Gpr register) {
    begin(mnemonic, register);
    rexIfNeeded(0, 0, register.number() >> 3);
    code.put8(opcode | register.number() & 7);
  }

  /** Prefetches a cache line into all caches. */
  public void prefetcht0(Mem place) {
    prefetch("prefetcht0", 1, place);
  }

  /** Prefetches a cache line into the caches from the second level on. */
  public void prefetcht1(Mem place) {
    prefetch("prefetcht1", 2, place);
  }

  /** Prefetches a cache line into the caches from the third level on. */
  public void prefetcht2(Mem place) {
    prefetch("prefetcht2", 3, place);
  }

  private void prefetch(String mnemonic, int extension, Mem place) {
    begin(mnemonic, place);
    rexIfNeeded(0, bit(place.index(), 3), bit(place.base(), 3));
    code.put8(0x0F);
    code.put8(0x18);
    ModRm.memory(code, extension, place, 1, 0);
  }

  public void jmp(Label target) {
    begin("jmp", target);
    code.put8(0xE9);
    distance(target);
  }

  /** Jumps if below, of numbers without sign. */
  public void jb(Label target) {
    jump("jb", 2, target);
  }

  /** Jumps if equal, or if the last result was 0. */
  public void je(Label target) {
    jump("je", 4, target);
  }

  /** Jumps if not equal, or if the last result was not 0. */
  public void jne(Label target) {
    jump("jne", 5, target);
  }

  /** Jumps if above, of numbers without sign. */
  public void ja(Label target) {
    jump("ja", 7, target);
  }

  /** Jumps if less. */
  public void jl(Label target) {
    jump("jl", 12, target);
  }

  /** Jumps if greater or equal. */
  public void jge(Label target) {
    jump("jge", 13, target);
  }

  /** Jumps if less or equal. */
  public void jle(Label target) {
    jump("jle", 14, target);
  }

  /** Jumps if greater. */
  public void jg(Label target) {
    jump("jg", 15, target);
  }

  private void jump(String mnemonic, int condition, Label target) {
    begin(mnemonic, target);
    code.put8(0x0F);
    code.put8(0x80 | condition);
    distance(target);
  }

  private void distance(Label target) {
    code.put32(-Integer.BYTES, target, distance -> distance);
  }

  /** Calls the code at the address in a register. */
  public void call(Gpr target) {
    begin("call", target);
    rexIfNeeded(0, 0, target.number() >> 3);
    code.put8(0xFF);
    ModRm.registers(code, 2, target.number());
  }

  public void ret() {
    begin("ret");
    code.put8(0xC3);
  }

  public void cpuid() {
    begin("cpuid");
    code.put8(0x0F);
    code.put8(0xA2);
  }

  public void xgetbv() {
    begin("xgetbv");
    code.put8(0x0F);
    code.put8(0x01);
    code.put8(0xD0);
  }

  public void vzeroupper() {
    begin(AVX, "vzeroupper");
    code.put8(0xC5);
    code.put8(0xF8);
    code.put8(0x77);
  }

  /** Loads the shapes of tiles from memory. */
  public void ldtilecfg(Mem source) {
    begin(AMX_TILE, "ldtilecfg", source);
    tile(Prefix.NONE, 0, source, 0x49);
  }

  /** Forgets tiles and their shapes. */
  public void tilerelease() {
    begin(AMX_TILE, "tilerelease");
    tileVex(Prefix.NONE, 0, 1, 1, 0x49);
    ModRm.registers(code, 0, 0);
  }

  /**
   * Loads rows into a tile.
   *
   * @param source has an index: the distance of rows, times the scale
   */
  public void tileloadd(Tile target, Mem source) {
    begin(AMX_TILE, "tileloadd", target, source);
    tile(Prefix.PF2, target.number(), rows(source), 0x4B);
  }

  /** Stores the rows of a tile; see {@link #tileloadd}. */
  public void tilestored(Mem target, Tile source) {
    begin(AMX_TILE, "tilestored", target, source);
    tile(Prefix.PF3, source.number(), rows(target), 0x4B);
  }

  /** Checks that there is an index, without which the bytes would be those of no instruction. */
  private static Mem rows(Mem mem) {
    if (mem.index() == null) {
      throw new IllegalArgumentException(
          "the distance of rows is the index, which is not in " + mem);
    }
    return mem;
  }

  /** Adds products of four unsigned bytes of a with four signed ones of b. */
  public void tdpbusd(Tile sum, Tile a, Tile b) {
    begin(AMX_INT8, "tdpbusd", sum, a, b);
    tileVex(Prefix.P66, b.number(), 1, 1, 0x5E);
    ModRm.registers(code, sum.number(), a.number());
  }

  private void tile(Prefix prefix, int tile, Mem mem, int opcode) {
    tileVex(prefix, 0, 1 - bit(mem.index(), 3), 1 - bit(mem.base(), 3), opcode);
    ModRm.memory(code, tile, mem, 1, 0);
  }

  /** The three bytes of the prefix VEX with the map 0F38, then the opcode. */
  private void tileVex(Prefix prefix, int vvvv, int x, int b, int opcode) {
    code.put8(0xC4);
    code.put8(0x80 | x << 6 | b << 5 | VectorOp.Map.M0F38.ordinal());
    code.put8((~vvvv & 15) << 3 | prefix.ordinal());
    code.put8(opcode);
  }

  public void vaddps(Destination target, Vec a, VecOrMem b) {
    emit(VectorOp.VADDPS, target, a, b);
  }

  public void vmulps(Destination target, Vec a, VecOrMem b) {
    emit(VectorOp.VMULPS, target, a, b);
  }

  public void vsubps(Destination target, Vec a, VecOrMem b) {
    emit(VectorOp.VSUBPS, target, a, b);
  }

  public void vdivps(Destination target, Vec a, VecOrMem b) {
    emit(VectorOp.VDIVPS, target, a, b);
  }

  /** Minima; b where one of the numbers is NaN. */
  public void vminps(Destination target, Vec a, VecOrMem b) {
    emit(VectorOp.VMINPS, target, a, b);
  }

  /** Maxima; b where one of the numbers is NaN. */
  public void vmaxps(Destination target, Vec a, VecOrMem b) {
    emit(VectorOp.VMAXPS, target, a, b);
  }

  public void vxorps(Destination target, Vec a, VecOrMem b) {
    emit(VectorOp.VXORPS, target, a, b);
  }

  public void vandps(Destination target, Vec a, VecOrMem b) {
    emit(VectorOp.VANDPS, target, a, b);
  }

  public void vorps(Destination target, Vec a, VecOrMem b) {
    emit(VectorOp.VORPS, target, a, b);
  }

  public void vpxord(Destination target, Vec a, VecOrMem b) {
    emit(VectorOp.VPXORD, target, a, b);
  }

  public void vpaddd(Destination target, Vec a, VecOrMem b) {
    emit(VectorOp.VPADDD, target, a, b);
  }

  public void vpmaxsd(Destination target, Vec a, VecOrMem b) {
    emit(VectorOp.VPMAXSD, target, a, b);
  }

  /** Adds to each 32-bit lane's product of the lower halves that of the upper halves. */
  public void vpmaddwd(Destination target, Vec a, VecOrMem b) {
    emit(VectorOp.VPMADDWD, target, a, b);
  }

  /** Makes 16-bit integers of the 32-bit ones of a and b, saturated, in each 128 bits. */
  public void vpackssdw(Destination target, Vec a, VecOrMem b) {
    emit(VectorOp.VPACKSSDW, target, a, b);
  }

  /** Makes 8-bit integers of the 16-bit ones of a and b, saturated, in each 128 bits. */
  public void vpacksswb(Destination target, Vec a, VecOrMem b) {
    emit(VectorOp.VPACKSSWB, target, a, b);
  }

  /** Takes for each 32-bit lane that of the source whose number is in the lane of the order. */
  public void vpermd(Destination target, Vec order, VecOrMem source) {
    emit(VectorOp.VPERMD, target, order, source);
  }

  /** {@code target = target · a + b}, rounded once. */
  public void vfmadd213ps(Destination target, Vec a, VecOrMem b) {
    emit(VectorOp.VFMADD213PS, target, a, b);
  }

  /** {@code target = target + a · b}, rounded once. */
  public void vfmadd231ps(Destination target, Vec a, VecOrMem b) {
    emit(VectorOp.VFMADD231PS, target, a, b);
  }

  /** {@code target = target · a − b}, rounded once. */
  public void vfmsub213ps(Destination target, Vec a, VecOrMem b) {
    emit(VectorOp.VFMSUB213PS, target, a, b);
  }

  /** Adds to each 32-bit lane four products of unsigned bytes of a with signed ones of b. */
  public void vpdpbusd(Destination target, Vec a, VecOrMem b) {
    emit(VectorOp.VPDPBUSD, target, a, b);
  }

  /** Takes the lanes of the mask from b and the others from a. */
  public void vblendmps(Destination target, Vec a, VecOrMem b) {
    emit(VectorOp.VBLENDMPS, target, a, b);
  }

  public void vcmpps(Mask target, Vec a, VecOrMem b, int predicate) {
    emit(VectorOp.VCMPPS, predicate, target, a, b);
  }

  public void vunpcklps(Destination target, Vec a, VecOrMem b) {
    emit(VectorOp.VUNPCKLPS, target, a, b);
  }

  public void vunpckhps(Destination target, Vec a, VecOrMem b) {
    emit(VectorOp.VUNPCKHPS, target, a, b);
  }

  /** Takes two lanes of a and two of b in each 128 bits, by two bits of the constant each. */
  public void vshufps(Destination target, Vec a, VecOrMem b, int lanes) {
    emit(VectorOp.VSHUFPS, lanes, target, a, b);
  }

  public void vpslld(Destination target, VecOrMem source, int bits) {
    emit(VectorOp.VPSLLD, bits, target, source);
  }

  /** Shifts 16-bit integers to the right. */
  public void vpsraw(Destination target, VecOrMem source, int bits) {
    emit(VectorOp.VPSRAW, bits, target, source);
  }

  public void vpsrad(Destination target, VecOrMem source, int bits) {
    emit(VectorOp.VPSRAD, bits, target, source);
  }

  public void vmovups(Destination target, VecOrMem source) {
    emit(VectorOp.VMOVUPS, target, source);
  }

  public void vmovups(Mem target, Vec source) {
    emit(VectorOp.VMOVUPS_STORE, target, source);
  }

  /** Copies one float to all lanes, from memory or from the lowest lane of 128 bits. */
  public void vbroadcastss(Destination target, VecOrMem source) {
    emit(VectorOp.VBROADCASTSS, target, source);
  }

  public void vcvtps2dq(Destination target, VecOrMem source) {
    emit(VectorOp.VCVTPS2DQ, target, source);
  }

  public void vcvtdq2ps(Destination target, VecOrMem source) {
    emit(VectorOp.VCVTDQ2PS, target, source);
  }

  /** Makes doubles of as many floats. */
  public void vcvtps2pd(Destination target, VecOrMem source) {
    emit(VectorOp.VCVTPS2PD, target, source);
  }

  public void vaddpd(Destination target, Vec a, VecOrMem b) {
    emit(VectorOp.VADDPD, target, a, b);
  }

  public void vmulpd(Destination target, Vec a, VecOrMem b) {
    emit(VectorOp.VMULPD, target, a, b);
  }

  public void vsqrtps(Destination target, VecOrMem source) {
    emit(VectorOp.VSQRTPS, target, source);
  }

  /** Writes a vector instruction. */
  void emit(VectorOp op, Operand... operands) {
    requireConstant(op, false);
    var encoder = new VectorEncoder(op, operands);
    begin(encoder.features(), op, encoder);
    encoder.encode(code, 0);
  }

  /** Writes a vector instruction with a constant of eight bits. */
  void emit(VectorOp op, int constant, Operand... operands) {
    requireConstant(op, true);
    var encoder = new VectorEncoder(op, operands);
    begin(encoder.features(), op, encoder, constant);
    encoder.encode(code, 1);
    code.put8(constant);
  }

  private static void requireConstant(VectorOp op, boolean given) {
    if (op.form.constant != given) {
      throw new IllegalArgumentException(op + (given ? " has no constant" : " needs a constant"));
    }
  }

  /**
   * Writes an instruction that has a form for each source.
   *
   * @param opcode that of the oldest form; the others are at fixed distances
   */
  private void registerOrMemory(int opcode, Gpr target, GprOrMem source) {
    if (source instanceof Gpr register) {
      registers(opcode + 1, register, target);
    } else if (source instanceof Mem mem) {
      memory(opcode + 3, target, mem);
    }
  }

  private void registers(int opcode, Gpr reg, Gpr rm) {
    rex(reg, null, rm);
    code.put8(opcode);
    ModRm.registers(code, reg.number(), rm.number());
  }

  private void memory(int opcode, Gpr reg, Mem mem) {
    rex(reg, mem.index(), mem.base());
    code.put8(opcode);
    ModRm.memory(code, reg.number(), mem, 1, 0);
  }

  private void memory32(int opcode, Gpr32 reg, Mem mem) {
    rexIfNeeded(reg.number() >> 3, bit(mem.index(), 3), bit(mem.base(), 3));
    code.put8(opcode);
    ModRm.memory(code, reg.number(), mem, 1, 0);
  }

  /** The prefix of instructions on 64 bits, which holds the upper bits of registers' numbers. */
  private void rex(@Nullable Gpr reg, @Nullable Gpr index, @Nullable Gpr base) {
    code.put8(0x48 | bit(reg, 3) << 2 | bit(index, 3) << 1 | bit(base, 3));
  }

  /** The prefix of instructions on other sizes, which they have for registers from 8 on only. */
  private void rexIfNeeded(int r, int x, int b) {
    if ((r | x | b) != 0) {
      code.put8(0x40 | r << 2 | x << 1 | b);
    }
  }
}
