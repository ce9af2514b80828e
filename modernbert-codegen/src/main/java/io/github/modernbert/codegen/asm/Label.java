package io.github.modernbert.codegen.asm;

import java.util.ArrayList;
import java.util.List;

/** A place in the code of one assembler, used before or after it is known. */
public final class Label {
  private static final int UNKNOWN = -1;

  private int position = UNKNOWN;

  /** Where four bytes wait for the distance to here from their end. */
  private final List<Integer> uses = new ArrayList<>();

  public void bind(int here) {
    if (position != UNKNOWN) {
      throw new IllegalStateException("a label can be at one place only");
    }
    position = here;
  }

  public void use(int at) {
    uses.add(at);
  }

  public List<Integer> uses() {
    return uses;
  }

  /** Bytes from the start of the code. */
  public int position() {
    if (position == UNKNOWN) {
      throw new IllegalStateException("a label that is used was never bound");
    }
    return position;
  }
}
