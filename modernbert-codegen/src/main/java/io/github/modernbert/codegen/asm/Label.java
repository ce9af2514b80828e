package io.github.modernbert.codegen.asm;

/** A place in the code of one assembler, which may be used before it is known. */
public final class Label {
  private static final int UNKNOWN = -1;

  private final String name;
  private int position = UNKNOWN;

  /** A place without a name: listings name it by its position. */
  public Label() {
    this("");
  }

  /**
   * A place with a name.
   *
   * @param name the name in listings
   */
  public Label(String name) {
    this.name = name;
  }

  void bind(int here) {
    if (position != UNKNOWN) {
      throw new IllegalStateException("the label is bound already, at " + position);
    }
    position = here;
  }

  /**
   * The distance from the start of the code in bytes.
   *
   * @throws IllegalStateException if the label has not been bound
   */
  public int position() {
    if (position == UNKNOWN) {
      throw new IllegalStateException("the label is used but was never bound");
    }
    return position;
  }

  /** The name in listings. */
  @Override
  public String toString() {
    return name.isEmpty() ? ".L" + Integer.toHexString(position) : name;
  }
}
