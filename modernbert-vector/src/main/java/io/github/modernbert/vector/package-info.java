/**
 * The kernels on {@code jdk.incubator.vector}, a service provider of {@link
 * io.github.modernbert.kernels.KernelProvider}. Everything but the provider itself needs the
 * incubator module to load.
 */
package io.github.modernbert.vector;
