/**
 * The kernels: every floating-point loop over weights or activations lives here or in another
 * module with a {@link io.github.modernbert.kernels.KernelProvider}.
 *
 * <p>{@link io.github.modernbert.kernels.Kernels} is the value that the encoder uses: an
 * implementation for each operation, as {@link io.github.modernbert.kernels.KernelSelection} put
 * them together. Implementations in Java share their outer loops and bring innermost ones, a {@link
 * io.github.modernbert.kernels.MicroKernel} and {@link io.github.modernbert.kernels.RowLoops};
 * machine code implements {@link io.github.modernbert.kernels.MatrixProduct}, {@link
 * io.github.modernbert.kernels.AttentionStep} and {@link
 * io.github.modernbert.kernels.RowOperations}.
 *
 * <p>All implementations give the same bits. These rules fix them:
 *
 * <ul>
 *   <li>A matrix product cuts its depth into blocks of {@value
 *       io.github.modernbert.kernels.Kernels#DEPTH_BLOCK}; each block is one chain of fused
 *       multiply-adds in ascending order from +0, block sums are added in ascending order, then the
 *       bias, then the residual.
 *   <li>Weight products and norms over at most {@value
 *       io.github.modernbert.kernels.Kernels#FLOAT64_MAX_DEPTH} elements are computed in float64 in
 *       ascending order and rounded once.
 *   <li>A reduction keeps {@value io.github.modernbert.kernels.Reduction#LANES} interleaved partial
 *       results that are combined pairwise in a fixed order, see {@link
 *       io.github.modernbert.kernels.Reduction}.
 *   <li>Attention walks keys in blocks of {@value io.github.modernbert.kernels.Kernels#KEY_BLOCK}
 *       counted from the first key that the query block may attend to, rounded down to a multiple
 *       of {@value io.github.modernbert.kernels.Kernels#KEY_ALIGNMENT}.
 *   <li>exp, erf and tanh are the polynomials of {@link io.github.modernbert.kernels.FloatMath}.
 * </ul>
 *
 * Nothing depends on where a sequence lies in a batch, on thread counts or on vector widths.
 */
package io.github.modernbert.kernels;
