/** Peak rates of the instructions that kernels are made of; for the benchmarks alone. */
package io.github.modernbert.codegen.peak;
