/** What instructions that kernels are made of can do at most; for the benchmarks alone. */
package io.github.modernbert.codegen.peak;
