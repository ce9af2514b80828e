package io.github.modernbert.codegen.asm;

import static io.github.modernbert.codegen.asm.XReg.x;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/** Listings as a reader sees them; that the GNU assembler reads them is in {@link EncodingTest}. */
final class ListingTest {
  @Test
  void ofX86() {
    var listing = new Listing();
    var asm = new X86Assembler(EnumSet.allOf(CpuFeature.class), listing);
    var again = new Label();
    asm.function(Signature.of("void add(address x, long count)"));
    asm.bind(again);
    asm.vmovups(Width.ZMM.register(17).merging(Mask.K2), Mem.at(Gpr.RDI, Gpr.RSI, 4, -64));
    asm.vaddps(Width.ZMM.register(17), Width.ZMM.register(17), asm.constant(1f));
    asm.sub(Gpr.RSI, 16);
    asm.jg(again);
    asm.ret();
    byte[] code = asm.finish().bytes();
    assertEquals(
        """
        add:
        .L0:
             0  62e17c4a104cb7ff                vmovups zmm17{k2}, [rdi+rsi*4-64]
             8  62e17440580d2e000000            vaddps zmm17, zmm17, [rip+.L40]
            12  4883ee10                        sub rsi, 16
            16  0f8fe4ffffff                    jg .L0
            1c  c3                              ret
            1d  909090909090909090909090909090  .fill 35, 1, 0x90
        .L40:
            40  0000803f0000803f0000803f000080  .fill 16, 4, 1065353216
        """,
        listing.print(code));
  }

  @Test
  void ofArm64() {
    var listing = new Listing();
    var asm = new Arm64Assembler(EnumSet.allOf(CpuFeature.class), listing);
    var again = new Label();
    Vec v = Width.XMM.register(3);
    asm.bind(again);
    asm.ldr(v.d(), x(0), 8);
    asm.fmla(v, v, v, 1);
    asm.cbnz(x(1), again);
    asm.ret();
    assertEquals(
        """
        .L0:
             0  030440fd                        ldr d3, [x0, #8]
             4  6310a34f                        fmla v3.4s, v3.4s, v3.s[1]
             8  c1ffffb5                        cbnz x1, .L0
             c  c0035fd6                        ret
        """,
        listing.print(asm.finish().bytes()));
  }
}
