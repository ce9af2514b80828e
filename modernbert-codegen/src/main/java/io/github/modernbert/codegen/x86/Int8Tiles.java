package io.github.modernbert.codegen.x86;

import io.github.modernbert.codegen.asm.Label;

/** The instructions by which 8-bit integers are multiplied. */
sealed interface Int8Tiles permits AmxCode, DotCode {
  /**
   * Writes the code that multiplies the {@link Int8Code#ROWS_LEFT} rows with a panel. It is called
   * from code and calls nothing outside of it.
   *
   * @param rows where the code begins
   */
  void write(Label rows);

  /** Writes what is done before the products of each panel. */
  void beginPanel();

  /** Writes what a function does once before products. */
  default void begin() {}

  /** Writes what a function does once after products. */
  default void end() {}
}
