package io.github.modernbert.codegen.asm;

import static io.github.modernbert.codegen.asm.XReg.x;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each instruction is what the GNU assembler makes of it, on whatever processor this runs. */
final class EncodingTest {
  private static final Set<CpuFeature> ALL = EnumSet.allOf(CpuFeature.class);

  @Test
  void ofX86() throws Exception {
    var bytes = new GnuBytes("encodings");
    bytes.checkEnd(GnuSource.x86(bytes::check));
  }

  @Test
  void ofArm64() throws Exception {
    var bytes = new GnuBytes("arm64-encodings");
    bytes.checkEnd(GnuSource.arm64(bytes::check));
  }

  /** The cases call vector instructions by their rows in the table, not by their mnemonics. */
  @Test
  void mnemonicsOfVectorInstructionsWriteTheirRow() throws ReflectiveOperationException {
    int count = 0;
    for (Method method : X86Assembler.class.getMethods()) {
      String name = method.getName();
      if (name.startsWith("v") && method.getParameterCount() > 0) {
        var listing = new Listing();
        var asm = new X86Assembler(ALL, listing);
        Object[] operands = new Object[method.getParameterCount()];
        for (int i = 0; i < operands.length; i++) {
          operands[i] = operand(method.getParameterTypes()[i], i);
        }
        method.invoke(asm, operands);
        String expected =
            Stream.of(operands).map(Object::toString).reduce((a, b) -> a + ", " + b).orElseThrow();
        assertEquals(name + " " + expected, listing.source().getFirst());
        count++;
      }
    }
    assertTrue(count >= VectorOp.values().length, count + " methods");
  }

  private static Object operand(Class<?> type, int place) {
    if (type == int.class) {
      return 3;
    }
    if (type == Mask.class) {
      return Mask.values()[1 + place];
    }
    return type == Mem.class ? Mem.at(Gpr.RDI, 64) : Width.ZMM.register(20 + place);
  }

  @Test
  void tilesAreNotReadOrWrittenWithoutTheDistanceOfTheirRows() {
    var asm = new X86Assembler(ALL, null);
    Mem alone = Mem.at(Gpr.RDI, 0);
    assertThrows(IllegalArgumentException.class, () -> asm.tileloadd(Tile.TMM0, alone));
    assertThrows(IllegalArgumentException.class, () -> asm.tilestored(alone, Tile.TMM0));
  }

  @Test
  void whatArm64InstructionsCannotHoldIsRefused() {
    var asm = new Arm64Assembler(ALL, null);
    Vec v = Width.XMM.register(0);
    refused(() -> asm.add(x(0), x(0), 4096));
    refused(() -> asm.add(x(0), x(0), -1));
    refused(() -> asm.add(x(0), x(0), XReg.SP));
    refused(() -> asm.movz(x(0), 65536));
    refused(() -> asm.movi(v, 1));
    refused(() -> asm.lsr(x(0), x(0), 64));
    refused(() -> asm.ubfx(x(0), x(0), 60, 5));
    refused(() -> asm.ldr(x(0), x(1), 4));
    refused(() -> asm.ldr(v, x(1), 65536));
    refused(() -> asm.stp(v, v, x(1), 1024));
    refused(() -> asm.stp(v.s(), v.s(), x(1), 0));
    refused(() -> asm.fmla(v, v, v, 4));
    refused(() -> asm.fadd(v, v, Width.YMM.register(0)));
    var far = new Label();
    asm.beq(far);
    asm.data(0, 1 << 18);
    asm.bind(far);
    refused(asm::finish);
  }

  private static void refused(Runnable instruction) {
    assertThrows(IllegalArgumentException.class, instruction::run);
  }
}
