package io.github.modernbert.codegen.asm;

/**
 * The memory that an EVEX instruction reads or writes: the unit of its eight-bit displacements.
 * Named after the tuple types of Intel's manual.
 */
enum Tuple {
  /** A whole vector, or one element for all lanes. */
  FULL,
  /** A whole vector. */
  FULL_MEM,
  /** One element of four bytes. */
  SCALAR,
  /** A quarter of a vector: bytes for its lanes of four. */
  QUARTER;

  int bytes(Width width, boolean broadcast) {
    return switch (this) {
      case FULL -> broadcast ? Float.BYTES : width.bytes();
      case FULL_MEM -> width.bytes();
      case SCALAR -> Float.BYTES;
      case QUARTER -> width.bytes() / 4;
    };
  }
}
