package io.github.modernbert.kernels;

/** A placeholder. */
public interface KernelProvider {}
