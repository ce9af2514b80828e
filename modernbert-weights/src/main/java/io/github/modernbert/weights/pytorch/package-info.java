/**
 * Reads the files that {@code torch.save} writes: {@code pytorch_model.bin} and its shards. They
 * hold a Python pickle, a program for a small stack machine that may call any function of Python.
 * Here the machine knows the few functions that tensors are made of, and refuses a file that names
 * another one; nothing of a file is ever executed.
 */
package io.github.modernbert.weights.pytorch;
