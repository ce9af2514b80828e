package io.github.modernbert.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.KeyValues;
import io.github.modernbert.kernels.LayerNorm;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.Rotary;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.kernels.StoreMode;
import io.github.modernbert.kernels.WeightFormat;
import io.github.modernbert.testdata.FreshJvm;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * Checks that the just-in-time compilers take every innermost loop. One that is too much for C1 is
 * never given to C2, and is then a hundred times slower, which no test of results would notice.
 */
final class CompilationTest {
  private static final Pattern COMPILED_BY_C2 =
      Pattern.compile("\\s4\\s+io\\.github\\.modernbert\\.vector\\.(\\w+::\\w+) \\(");

  /** Runs in a fresh JVM: all operations over and over, on values that integers are made of. */
  static final class Child {
    private static final int ROUNDS = 6000;
    private static final int HEADS = 3;
    private static final int HEAD_DIM = 64;
    private static final int HIDDEN = HEADS * HEAD_DIM;

    /** Rows in tiles of 12 and 8, of 12 and 4, of 12 and 2, and a single one. */
    private static final int[] ROWS = {20, 16, 14, 1};

    private final Kernels kernels = new VectorKernelProvider().offer(Kernels.portable());
    private final Arena arena = Arena.ofAuto();
    private final Scratch scratch = new Scratch();
    private final List<PackedMatrix> weights =
        Stream.of(WeightFormat.values()).map(this::weights).toList();
    private final PackedMatrix projection =
        kernels.pack(
            arena, 3 * HIDDEN, HIDDEN, WeightFormat.FLOAT32, Child::readNothing, Child::readOnes);
    private final LayerNorm norm = new LayerNorm(Matrix.allocate(arena, 1, HIDDEN), null, 1e-5f);
    private final Matrix angles = angles();
    private final Matrix x = Matrix.allocateBlocks(arena, ROWS[0], HIDDEN);
    private final Matrix y = Matrix.allocateBlocks(arena, ROWS[0], HIDDEN);
    private final Matrix projected = Matrix.allocateBlocks(arena, ROWS[0], 3 * HIDDEN);
    private final List<KeyValues> keyValues =
        Stream.of(WeightFormat.FLOAT32, WeightFormat.INT8).map(this::keyValues).toList();

    private PackedMatrix weights(WeightFormat format) {
      return kernels.pack(arena, HIDDEN, HIDDEN, format, Child::readNothing, null);
    }

    private static void readNothing(long from, long count, MemorySegment target) {}

    /** As biases they make queries, keys and values ones. */
    private static void readOnes(long from, long count, MemorySegment target) {
      for (long i = 0; i < count; i++) {
        target.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, 1f);
      }
    }

    private Matrix angles() {
      Matrix ones = Matrix.allocate(arena, ROWS[0], HEAD_DIM / 2);
      readOnes(0, ones.segment().byteSize() / Float.BYTES, ones.segment());
      return ones;
    }

    private KeyValues keyValues(WeightFormat format) {
      return kernels.keyValues(arena, Kernels.KEY_ALIGNMENT, HEADS, HEAD_DIM, format);
    }

    private void run(int rows, int round) {
      Matrix x = this.x.asBlocks(rows, HIDDEN);
      Matrix y = this.y.asBlocks(rows, HIDDEN);
      Matrix qkv = projected.asBlocks(rows, 3 * HIDDEN);
      kernels.layerNorm(x, norm, y);
      kernels.multiply(y, projection, qkv, scratch);
      for (KeyValues each : keyValues) {
        each.reset(new int[] {0, rows});
        var keys = each.sequence(0);
        kernels.splitHeads(qkv, 0, new Rotary(angles, angles), 1f, x, keys);
        kernels.attend(x, 0, Integer.MAX_VALUE, keys, y, scratch);
      }
      PackedMatrix w = weights.get(round % weights.size());
      kernels.multiply(y, w, x, StoreMode.ADD, scratch);
      for (Activation activation : Activation.values()) {
        kernels.activate(activation, x);
      }
      kernels.multiplyGate(x, w, w, Activation.GELU, y, scratch);
    }

    public static void main(String[] args) {
      var child = new Child();
      for (int round = 0; round < ROUNDS; round++) {
        child.run(ROWS[round % ROWS.length], round / ROWS.length);
      }
    }
  }

  /** Without C2 nothing is compiled by it, and vectors that the processor lacks are never fast. */
  static boolean concernsThisMachine() {
    var compiler = ManagementFactory.getCompilationMXBean();
    return compiler != null
        && compiler.getName().contains("Tiered")
        && Species.LANES <= FloatVector.SPECIES_PREFERRED.length();
  }

  @Test
  @EnabledIf("concernsThisMachine")
  void allLoopsAreCompiledByC2() throws IOException {
    var missing =
        new TreeSet<>(
            Set.of(
                "ActivationLoops::cubics",
                "ActivationLoops::erfExponents",
                "ActivationLoops::gelu",
                "ActivationLoops::geluTanh",
                "ActivationLoops::magnitudes",
                "ActivationLoops::relu",
                "ActivationLoops::sigmoid",
                "ActivationLoops::swish",
                "ActivationLoops::tanh",
                "ExpLoop::apply",
                "FmaTiles::rows1",
                "FmaTiles::rows2",
                "FmaTiles::rows4",
                "IntegerLoops::largest",
                "IntegerLoops::round",
                "IntegerLoops::roundKeepingResiduals",
                "IntegerLoops::scale",
                "PanelWidening::bfloat16",
                "PanelWidening::int8",
                "RowSums::squaredDistances",
                "RowSums::sum",
                "VectorRowLoops::divide",
                "VectorRowLoops::max",
                "VectorRowLoops::mix",
                "VectorRowLoops::multiply",
                "VectorRowLoops::normalize",
                "VectorRowLoops::rescale",
                "VectorRowLoops::rotate",
                "VectorRowLoops::store"));
    if (new VectorMicroKernel().tileRows(12) == 12) {
      missing.addAll(Set.of("FmaTiles::rows8", "FmaTiles::rows12"));
    }
    List<String> flags =
        List.of(
            "--add-modules",
            "jdk.incubator.vector",
            "-D" + Species.BITS_PROPERTY + "=" + System.getProperty(Species.BITS_PROPERTY),
            // So that small loops are compiled on their own as well.
            "-XX:CompileCommand=dontinline,io.github.modernbert.vector.ActivationLoops::*",
            // So that nothing still waits for a slow compiler at the end.
            "-XX:-BackgroundCompilation",
            "-XX:+PrintCompilation");
    FreshJvm.run(
        flags,
        Child.class,
        line -> {
          assertFalse(line.contains("COMPILE SKIPPED") && line.contains("modernbert"), line);
          var matcher = COMPILED_BY_C2.matcher(line);
          if (matcher.find()) {
            missing.remove(matcher.group(1));
          }
        });
    assertEquals(Set.of(), missing, "not compiled by C2");
  }
}
