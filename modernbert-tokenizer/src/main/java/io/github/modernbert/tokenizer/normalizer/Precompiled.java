package io.github.modernbert.tokenizer.normalizer;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.Fields;
import io.github.modernbert.tokenizer.text.NormalizedString;
import io.github.modernbert.tokenizer.text.Transformation;
import io.github.modernbert.tokenizer.text.Utf8;
import io.github.modernbert.tokenizer.unicode.GraphemeClusters;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.Base64;

/**
 * SentencePiece's own normalization, a map of characters to replacements that the model file
 * carries in binary form: the length of a double array in bytes, the double array (a trie over
 * UTF-8 in the format of darts-clone, integers of 32 bits), and the replacements, each ended by a
 * zero byte. A value of the trie is the offset of a replacement.
 *
 * <p>As in the reference, a grapheme cluster of fewer than six bytes is replaced as a whole by the
 * replacement of the shortest of its beginnings that has one; any other is replaced character by
 * character.
 */
final class Precompiled implements Normalizer {
  private static final int LONGEST_CLUSTER = 5;
  private static final int NONE = -1;

  private final Json json;
  private final int[] units;
  private final byte[] replacements;

  /** Which of the characters that stand alone stay as they are. */
  private final boolean[] stays = new boolean[GraphemeClusters.FIRST_JOINING];

  private Precompiled(Json json, int[] units, byte[] replacements) {
    this.json = json;
    this.units = units;
    this.replacements = replacements;
    for (char c = 0; c < stays.length; c++) {
      stays[c] = c != '\r' && find(String.valueOf(c), 0, 1) == NONE;
    }
  }

  static Normalizer read(Json json) {
    Json charsmap = json.get("precompiled_charsmap");
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(Fields.string(charsmap));
    } catch (IllegalArgumentException e) {
      throw charsmap.error("is not base64: " + e.getMessage());
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long length = bytes.length < Integer.BYTES ? 0 : Integer.toUnsignedLong(buffer.getInt());
    if (length < Integer.BYTES || length > buffer.remaining()) {
      throw charsmap.error(
          "says that its double array has %d bytes, found %d"
              .formatted(length, buffer.remaining()));
    }
    IntBuffer array = buffer.asIntBuffer();
    var units = new int[(int) length / Integer.BYTES];
    array.get(units);
    buffer.position(buffer.position() + Integer.BYTES * units.length);
    var replacements = new byte[buffer.remaining()];
    buffer.get(replacements);
    if (Utf8.decodeStrict(replacements).isEmpty()) {
      throw charsmap.error("has replacements that are not UTF-8");
    }
    return new Precompiled(charsmap, units, replacements);
  }

  @Override
  public NormalizedString normalize(NormalizedString source) {
    return new Run(source).result(source);
  }

  /**
   * The offset of the replacement of the shortest beginning of a stretch that has one, or {@link
   * #NONE}.
   */
  private int find(String text, int from, int to) {
    int at = offset(unit(0));
    for (int i = from; i < to; ) {
      int codePoint = text.codePointAt(i);
      i += Character.charCount(codePoint);
      int length = Utf8.length(codePoint);
      for (int k = 0; k < length; k++) {
        int b = Utf8.value(codePoint, k, length);
        if (b == 0) {
          return NONE;
        }
        at ^= b;
        int unit = unit(at);
        if ((unit & 0x8000_00FF) != b) {
          return NONE;
        }
        at ^= offset(unit);
        if ((unit >>> 8 & 1) == 1) {
          return unit(at) & 0x7FFF_FFFF;
        }
      }
    }
    return NONE;
  }

  private int unit(int index) {
    if (index < 0 || index >= units.length) {
      throw json.error("is damaged: an edge leads out of its double array");
    }
    return units[index];
  }

  private static int offset(int unit) {
    return (unit >>> 10) << ((unit & 1 << 9) >>> 6);
  }

  /** Checks that an offset is the start of a replacement. */
  private int requireReplacement(int offset) {
    boolean inside =
        offset <= replacements.length
            && (offset == replacements.length || (replacements[offset] & 0xC0) != 0x80);
    if (!inside) {
      throw json.error("is damaged: a value does not lead to a replacement");
    }
    return offset;
  }

  /** The code point of a replacement that begins at a byte; 0 where the replacement ends. */
  private int codePoint(int at) {
    int lead = at < replacements.length ? replacements[at] : 0;
    if (lead >= 0) {
      return lead;
    }
    int more = lead < (byte) 0xE0 ? 1 : lead < (byte) 0xF0 ? 2 : 3;
    int codePoint = lead & (0x3F >> more);
    for (int k = 1; k <= more; k++) {
      codePoint = codePoint << 6 | (replacements[at + k] & 0x3F);
    }
    return codePoint;
  }

  /** Normalizes one text. */
  private final class Run {
    private final String text;
    private final Transformation change;
    private boolean changed;

    // The last code point is held back, since it is told with how many are dropped behind it.
    private int last = NONE;
    private int lastChange;

    Run(NormalizedString source) {
      text = source.text();
      change = new Transformation(source);
    }

    NormalizedString result(NormalizedString source) {
      for (int at = 0; at < text.length(); ) {
        int kept = kept(at);
        if (kept > 0) {
          keep(at, kept);
          at += kept;
          continue;
        }
        int end = clusterEnd(at);
        cluster(at, end);
        at = end;
      }
      flush();
      return changed ? change.result() : source;
    }

    /** How many characters from here stand alone and stay as they are. */
    private int kept(int from) {
      int at = from;
      while (at < text.length() && text.charAt(at) < stays.length && stays[text.charAt(at)]) {
        at++;
      }
      // What joins the last one makes a cluster with it.
      boolean joined = at < text.length() && text.charAt(at) >= stays.length;
      return Math.max(0, at - from - (joined ? 1 : 0));
    }

    private void keep(int from, int count) {
      flush();
      change.keep(from, from + count - 1);
      last = text.charAt(from + count - 1);
      lastChange = 0;
    }

    private int clusterEnd(int at) {
      char c = text.charAt(at);
      boolean alone =
          c < GraphemeClusters.FIRST_JOINING
              && c != '\r'
              && (at + 1 == text.length() || text.charAt(at + 1) < GraphemeClusters.FIRST_JOINING);
      return alone ? at + 1 : GraphemeClusters.end(text, at);
    }

    private void cluster(int from, int to) {
      if (Utf8.length(text, from, to) <= LONGEST_CLUSTER && replace(from, to)) {
        return;
      }
      for (int i = from, next; i < to; i = next) {
        int codePoint = text.codePointAt(i);
        next = i + Character.charCount(codePoint);
        if (next - i == to - from || !replace(i, next)) {
          add(codePoint, 0);
        }
      }
    }

    /** Replaces a stretch if one of its beginnings has a replacement. */
    private boolean replace(int from, int to) {
      int offset = find(text, from, to);
      if (offset == NONE) {
        return false;
      }
      changed = true;
      int before = Character.codePointCount(text, from, to);
      int after = 0;
      int byteAt = requireReplacement(offset);
      for (int codePoint; (codePoint = codePoint(byteAt)) != 0; ) {
        byteAt += Utf8.length(codePoint);
        add(codePoint, after++ < before ? 0 : 1);
      }
      // What is dropped at the start of the text has nothing before it that could tell.
      lastChange -= Math.max(0, before - after);
      return true;
    }

    private void add(int codePoint, int codePointChange) {
      flush();
      last = codePoint;
      lastChange = codePointChange;
    }

    private void flush() {
      if (last != NONE) {
        change.accept(last, lastChange);
      }
    }
  }
}
