package io.github.modernbert.codegen.asm;

/**
 * The memory that an EVEX instruction reads or writes: the unit of its eight-bit displacements.
 * Named after the tuple types of Intel's manual.
 */
enum Tuple {
  /** A whole vector. */
  FULL_MEM,
  /** As many elements of half the size as a vector has. */
  HALF_MEM,
  /** One element of four bytes. */
  SCALAR;

  int bytes(Width width) {
    return switch (this) {
      case FULL_MEM -> width.bytes();
      case HALF_MEM -> width.bytes() / 2;
      case SCALAR -> Float.BYTES;
    };
  }
}
