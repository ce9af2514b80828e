package io.github.modernbert.codegen;

import static io.github.modernbert.codegen.CodegenKernelsTest.assertRefused;

import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.KeyValues;
import io.github.modernbert.kernels.LayerNorm;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.Rotary;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Each of the operands that are refused would let machine code leave its memory. */
@EnabledIf("io.github.modernbert.codegen.CodegenKernelsTest#runsOnX86")
final class RowKernelsTest {
  private final Kernels kernels = CodegenKernelsTest.kernels();
  private final Arena arena = Arena.ofConfined();

  @AfterEach
  void free() {
    arena.close();
  }

  @Test
  void normsOfOperandsThatAreTooSmallAreRefused() {
    Matrix x = matrix(6, 200);
    Matrix y = blocks(6, 200);
    Matrix weight = matrix(1, 200);
    kernels.layerNorm(x, new LayerNorm(weight, null, 1e-5f), y);
    for (LayerNorm outside :
        List.of(
            new LayerNorm(matrix(1, 190), null, 1e-5f),
            new LayerNorm(weight, matrix(1, 190), 1e-5f))) {
      assertRefused(() -> kernels.layerNorm(x, outside, y));
    }
    var norm = new LayerNorm(weight, weight, 1e-5f);
    for (Matrix outside :
        List.of(
            matrix(5, 200),
            matrix(6, 199),
            new Matrix(matrix(5, 200).segment(), 6, 200, 224, 6),
            new Matrix(blocks(5, 200).segment(), 6, 200, 64, 6),
            new Matrix(blocks(6, 200).segment(), 6, 200, 64, 7),
            new Matrix(y.segment(), 6, 200, 64, -1),
            new Matrix(y.segment().asReadOnly(), 6, 200, 64, 6))) {
      assertRefused(() -> kernels.layerNorm(x, norm, outside));
      if (!outside.segment().isReadOnly()) {
        assertRefused(() -> kernels.layerNorm(outside, norm, y));
      }
    }
  }

  @Test
  void headsOfOperandsThatAreTooSmallAreRefused() {
    Matrix qkv = blocks(20, 3 * 128);
    Matrix queries = blocks(20, 128);
    var rotary = new Rotary(matrix(50, 32), matrix(50, 32));
    var target = sequence(50, 0);
    kernels.splitHeads(qkv, 30, rotary, 1f, queries, target);
    assertRefused(() -> kernels.splitHeads(qkv, 31, rotary, 1f, queries, target));
    assertRefused(() -> kernels.splitHeads(qkv, -1, rotary, 1f, queries, target));
    assertRefused(() -> kernels.splitHeads(qkv, 30, rotary, 1f, queries, sequence(50, 1)));
    assertRefused(() -> kernels.splitHeads(qkv, 30, rotary, 1f, queries, sequence(20, 0)));
    Matrix few = matrix(40, 32);
    for (Rotary outside : List.of(new Rotary(few, rotary.sin()), new Rotary(rotary.cos(), few))) {
      assertRefused(() -> kernels.splitHeads(qkv, 30, outside, 1f, queries, target));
    }
    for (Matrix outside :
        List.of(
            blocks(19, 128),
            new Matrix(queries.segment(), 20, 128, 64, 21),
            new Matrix(queries.segment(), 20, 128, 64, -1),
            new Matrix(queries.segment().asReadOnly(), 20, 128, 64, 20))) {
      assertRefused(() -> kernels.splitHeads(qkv, 30, rotary, 1f, outside, target));
    }
    for (Matrix outside :
        List.of(
            new Matrix(qkv.segment(), 20, 3 * 128, 64, 21),
            new Matrix(qkv.segment(), 20, 3 * 128, 64, -1),
            new Matrix(blocks(19, 3 * 128).segment(), 20, 3 * 128, 64, 20))) {
      assertRefused(() -> kernels.splitHeads(outside, 30, rotary, 1f, queries, target));
    }
  }

  /** Keys of a sequence with memory for one only: a second one lies behind it. */
  private KeyValues.Sequence sequence(int length, int number) {
    int[] cuSeqlens = {0, length};
    var keyValues = kernels.keyValues(arena, KeyValues.paddedTokens(cuSeqlens), 2, 64);
    keyValues.reset(new int[] {0, length, 2 * length});
    return keyValues.sequence(number);
  }

  private Matrix matrix(int rows, int columns) {
    return Matrix.allocate(arena, rows, columns);
  }

  private Matrix blocks(int rows, int columns) {
    return Matrix.allocateBlocks(arena, rows, columns);
  }
}
