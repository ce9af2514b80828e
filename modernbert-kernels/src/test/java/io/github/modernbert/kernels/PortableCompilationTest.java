package io.github.modernbert.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.modernbert.testdata.FreshJvm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * Checks that C2 vectorises the loops of the portable kernels, which no test of results would
 * notice: their machine code, as the JVM prints it, has fused multiply-adds of vectors.
 */
final class PortableCompilationTest {
  private static final Pattern COMPILED_BY_C2 =
      Pattern.compile("Compiled method \\(c2\\).* io\\.github\\.modernbert\\.kernels\\.(\\S+)");

  /** A line of code: bytes as hexadecimal digits in groups. */
  private static final Pattern BYTES =
      Pattern.compile("\\s+0x[0-9a-f]+: ((?:[0-9a-f]{2,}[ |]*)+)\\s*");

  /** A line of code where the JVM finds a disassembler. */
  private static final Pattern DISASSEMBLED = Pattern.compile(".*\\bvfn?madd\\d+ps\\b.*");

  /** The opcodes of vfmadd132ps, vfmadd213ps and vfmadd231ps. */
  private static final Set<Integer> OPCODES = Set.of(0x98, 0xA8, 0xB8);

  private static final Set<String> LOOPS =
      Set.of(
          "PortableFunctions::exp",
          "PortableFunctions::gelu",
          "PortableMicroKernel::addProduct",
          "PortableMicroKernel::addProducts",
          "PortableMicroKernel::addTwoRows");

  /** Runs in a fresh JVM: products and an activation over and over, on zeros. */
  static final class Child {
    private static final int ROUNDS = 1500;
    private static final int DEPTH = 130;
    private static final int FEATURES = 128;

    public static void main(String[] args) {
      Kernels kernels = Kernels.portable();
      Arena arena = Arena.ofAuto();
      PackedMatrix w =
          kernels.pack(
              arena, FEATURES, DEPTH, WeightFormat.FLOAT32, (from, count, target) -> {}, null);
      var scratch = new Scratch();
      Matrix x = Matrix.allocateBlocks(arena, 3, DEPTH);
      Matrix y = Matrix.allocateBlocks(arena, 3, FEATURES);
      for (int round = 0; round < ROUNDS; round++) {
        kernels.multiply(x, w, y, scratch);
        for (int i = 0; i < 20; i++) {
          kernels.activate(Activation.GELU, y);
        }
      }
    }
  }

  /** The machine code that is looked for is that of x86-64. */
  static boolean concernsThisMachine() {
    return System.getProperty("os.arch").equals("amd64")
        && System.getProperty("java.vm.name").contains("Server VM");
  }

  @Test
  @EnabledIf("concernsThisMachine")
  void loopsAreVectorised() throws IOException {
    String classes = "io.github.modernbert.kernels.Portable*::*";
    List<String> flags =
        List.of(
            // So that nothing still waits for a slow compiler at the end.
            "-XX:-BackgroundCompilation",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:+PrintFlagsFinal",
            // So that loops are compiled on their own.
            "-XX:CompileCommand=dontinline," + classes,
            "-XX:CompileCommand=print," + classes);
    var missing = new TreeSet<>(LOOPS);
    FreshJvm.run(
        flags,
        Child.class,
        new Consumer<>() {
          private final ByteArrayOutputStream code = new ByteArrayOutputStream();
          private String method = "";

          @Override
          public void accept(String line) {
            if (line.matches("\\s*bool UseFMA\\s.*")) {
              assumeTrue(line.contains("true"), "the processor has no fused multiply-add");
            } else if (line.startsWith("Compiled method")) {
              var compiled = COMPILED_BY_C2.matcher(line);
              method = compiled.find() ? compiled.group(1) : "";
              code.reset();
            }
            var bytes = BYTES.matcher(line);
            if (DISASSEMBLED.matcher(line).matches()) {
              missing.remove(method);
            } else if (bytes.matches()) {
              code.writeBytes(HexFormat.of().parseHex(bytes.group(1).replaceAll("[ |]", "")));
            } else if (line.startsWith("[/MachCode]") && multipliesVectors(code.toByteArray())) {
              missing.remove(method);
            }
          }
        });
    assertEquals(Set.of(), missing, "not vectorised by C2");
  }

  /** Whether there are fused multiply-adds of vectors of at least 256 bits, with either prefix. */
  private static boolean multipliesVectors(byte[] code) {
    for (int i = 0; i + 4 < code.length; i++) {
      int prefix = code[i] & 0xFF;
      if ((code[i + 2] & 0x83) != 1) {
        continue;
      }
      boolean vex = prefix == 0xC4 && (code[i + 1] & 0x1F) == 2 && (code[i + 2] & 4) != 0;
      boolean evex = prefix == 0x62 && (code[i + 1] & 7) == 2 && (code[i + 3] & 0x60) != 0;
      if (vex && OPCODES.contains(code[i + 3] & 0xFF)
          || evex && OPCODES.contains(code[i + 4] & 0xFF)) {
        return true;
      }
    }
    return false;
  }
}
