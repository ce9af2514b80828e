package io.github.modernbert.tokenizer.pretokenizer;

import io.github.modernbert.tokenizer.text.NormalizedString;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of the text: an added token, or text cut into pieces. Immutable.
 *
 * <p>Pieces are bounds in one common string, so that cutting a text into words makes no objects.
 * The change that ByteLevel makes is only noted, for the model to make on the way: it would double
 * the memory otherwise.
 */
public final class Part {
  /** The id of {@link #token} for text. */
  public static final int NO_TOKEN = -1;

  private final NormalizedString string;
  private final int token;
  private final int @Nullable [] bounds;
  private final boolean bytes;

  private Part(NormalizedString string, int token, int @Nullable [] bounds, boolean bytes) {
    this.string = string;
    this.token = token;
    this.bounds = bounds;
    this.bytes = bytes;
  }

  /** Text in one piece. */
  public static Part text(NormalizedString string) {
    return new Part(string, NO_TOKEN, null, false);
  }

  /** An added token as it stands in the text. */
  public static Part token(NormalizedString string, int id) {
    return new Part(string, id, null, false);
  }

  /** This text cut elsewhere: start and end of each piece. */
  Part cut(int[] newBounds) {
    return new Part(string, NO_TOKEN, newBounds, bytes);
  }

  /** This text with its bytes in the place of its characters. */
  Part asBytes() {
    return new Part(string, NO_TOKEN, bounds, true);
  }

  /** The string that the pieces are bounds in. */
  public NormalizedString string() {
    return string;
  }

  /** The id of the added token, or {@link #NO_TOKEN}. */
  public int token() {
    return token;
  }

  /** Whether this is an added token. */
  public boolean isToken() {
    return token != NO_TOKEN;
  }

  /** Whether the model shall see the UTF-8 bytes of the string in the byte alphabet. */
  public boolean bytes() {
    return bytes;
  }

  /** How many pieces there are. */
  public int pieces() {
    return bounds == null ? 1 : bounds.length / 2;
  }

  /** Where a piece starts in {@link #string}. */
  public int start(int piece) {
    return bounds == null ? 0 : bounds[2 * piece];
  }

  /** Where a piece ends in {@link #string}. */
  public int end(int piece) {
    return bounds == null ? string.length() : bounds[2 * piece + 1];
  }

  /** A piece as a string of its own. */
  public NormalizedString piece(int piece) {
    return bounds == null ? string : string.slice(start(piece), end(piece));
  }
}
