package io.github.modernbert.codegen;

import io.github.modernbert.codegen.runtime.Arm64;
import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.codegen.runtime.FunctionGroup;
import io.github.modernbert.kernels.KernelProvider;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.MatrixProduct;
import io.github.modernbert.kernels.RowOperations;
import io.github.modernbert.kernels.WeightFormat;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Offers generated machine code where it may be made and run: on x86-64 products with all formats
 * of weights that the processor has instructions for, attention and row operations; on AArch64
 * products.
 */
public final class CodegenKernelProvider implements KernelProvider {
  /** For the service loader. */
  public CodegenKernelProvider() {}

  @Override
  public String name() {
    return "codegen";
  }

  @Override
  public int rank() {
    return 200;
  }

  @Override
  public Optional<String> obstacle() {
    return CodegenSupport.obstacle();
  }

  @Override
  public Kernels offer(Kernels next) {
    int bits = CodegenSupport.architecture().shape().width().bytes() * Byte.SIZE;
    String code = "codegen (" + bits + " bit)";
    String name = "codegen (" + bits + " bit, " + next.name() + ")";
    // Not by a switch: linking one takes a fresh JVM milliseconds.
    if (CodegenSupport.architecture() instanceof Arm64) {
      return new Kernels(
          name,
          products(code, Arm64Int8Rows::new, next.rows(), next),
          next.rows(),
          next.attentionStep(),
          next.int8AttentionStep());
    }
    var rows = new GeneratedRows(code, next.rows());
    var attention = new GeneratedAttentionStep(code, next.attentionStep());
    return new Kernels(
        name,
        products(code, (x, operations, s) -> new Int8Rows(x, s), rows, next),
        rows,
        attention,
        new GeneratedInt8AttentionStep(code, attention));
  }

  /** Products that there is code for, and those of the next best kernels. */
  private static Map<WeightFormat, MatrixProduct> products(
      String code, LeftOperand.Factory integers, RowOperations rows, Kernels next) {
    var products = new EnumMap<>(next.products());
    var floats =
        new GeneratedProduct(
            code, FunctionGroup.PRODUCTS, (x, operations, s) -> FloatRows.of(x, s), rows);
    for (WeightFormat format : CodegenSupport.architecture().formats()) {
      boolean int8 = format == WeightFormat.INT8;
      products.put(
          format, int8 ? new GeneratedProduct(code, FunctionGroup.INT8, integers, rows) : floats);
    }
    return products;
  }
}
