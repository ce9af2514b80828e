package io.github.modernbert.codegen.asm;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Each instruction is what the GNU assembler makes of it, on whatever processor this runs. */
final class EncodingTest {
  @Test
  void ofX86() throws IOException {
    var bytes = new GnuBytes("encodings.gz");
    EncodingCases.forEach((text, code) -> {
      var asm = new Assembler();
      code.accept(asm);
      bytes.check(text, asm.finish());
    });
    bytes.checkEnd();
  }

  @Test
  void ofArm64() throws IOException {
    var bytes = new GnuBytes("arm64-encodings.gz");
    Arm64EncodingCases.forEach((text, code) -> {
      var asm = new Arm64Assembler();
      code.accept(asm);
      bytes.check(text, asm.finish());
    });
    bytes.checkEnd();
  }

  @Test
  void tilesAreNotReadOrWrittenWithoutTheDistanceOfTheirRows() {
    var asm = new Assembler();
    Mem alone = Mem.at(Gpr.RDI, 0);
    assertThrows(IllegalArgumentException.class, () -> asm.tileloadd(Tile.TMM0, alone));
    assertThrows(IllegalArgumentException.class, () -> asm.tilestored(alone, Tile.TMM0));
  }

  @Test
  void whatArm64InstructionsCannotHoldIsRefused() {
    var asm = new Arm64Assembler();
    Vec v = Width.XMM.register(0);
    refused(() -> asm.add(XReg.X0, XReg.X0, 4096));
    refused(() -> asm.add(XReg.X0, XReg.X0, -1));
    refused(() -> asm.add(XReg.X0, XReg.X0, XReg.SP));
    refused(() -> asm.mov(XReg.X0, 65536));
    refused(() -> asm.lsr(XReg.X0, XReg.X0, 64));
    refused(() -> asm.ldr(XReg.X0, XReg.X1, 4));
    refused(() -> asm.ldr(v, XReg.X1, 65536));
    refused(() -> asm.stp(v, v, XReg.X1, 1024));
    refused(() -> asm.fmla(v, v, v, 4));
    refused(() -> asm.fadd(v, v, Width.YMM.register(0)));
    var far = new Label();
    asm.jump(Arm64Assembler.Condition.EQUAL, far);
    for (int i = 0; i < 1 << 18; i++) {
      asm.data(0);
    }
    asm.bind(far);
    refused(asm::finish);
  }

  private static void refused(Runnable instruction) {
    assertThrows(IllegalArgumentException.class, instruction::run);
  }
}
