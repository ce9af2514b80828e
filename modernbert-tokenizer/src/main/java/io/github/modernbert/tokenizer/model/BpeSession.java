package io.github.modernbert.tokenizer.model;

import io.github.modernbert.tokenizer.text.ByteAlphabet;
import io.github.modernbert.tokenizer.text.NormalizedString;
import io.github.modernbert.tokenizer.text.Utf8;

/** Tokenizes one text with a {@link Bpe} model. */
final class BpeSession implements ModelSession {
  private final Bpe model;
  private final TokenBuffer out;
  private final ByteOffsets original;
  private final Symbols symbols;
  private final Cursor cursor = new Cursor();

  /** A session for one text of the caller, whose tokens go to {@code out}. */
  BpeSession(Bpe model, String original, TokenBuffer out) {
    this.model = model;
    this.out = out;
    this.original = new ByteOffsets(original);
    symbols = new Symbols(model.merges, model.exactQueue);
  }

  @Override
  public boolean bytes(NormalizedString string, int from, int to) {
    if (model.byteIds == null) {
      return false;
    }
    if (model.ignoreMerges) {
      int whole = model.vocabulary.id(ByteAlphabet.spell(string.text(), from, to));
      if (whole != Bpe.NONE) {
        out.add(whole, string.start(from), string.end(to - 1));
        return true;
      }
    }
    symbols.clear();
    if (!addBytes(model.byteIds, string.text(), from, to)) {
      return false;
    }
    boolean ascii = symbols.size() == to - from;
    symbols.merge();
    emit(string, from, to, ascii);
    return true;
  }

  private boolean addBytes(int[] ids, String text, int from, int to) {
    for (int i = from; i < to; i++) {
      int c = text.charAt(i);
      if (c < 0x80) {
        if (ids[c] == Bpe.NONE) {
          return false;
        }
        symbols.add(ids[c], 1);
        continue;
      }
      int codePoint = text.codePointAt(i);
      int length = Utf8.length(codePoint);
      for (int k = 0; k < length; k++) {
        int id = ids[Utf8.value(codePoint, k, length)];
        if (id == Bpe.NONE) {
          return false;
        }
        symbols.add(id, 1);
      }
      i += length == 4 ? 1 : 0;
    }
    return true;
  }

  @Override
  public void characters(NormalizedString string, int from, int to) {
    String text = string.text();
    if (model.ignoreMerges) {
      int whole = model.vocabulary.id(text.substring(from, to));
      if (whole != Bpe.NONE) {
        out.add(whole, string.start(from), string.end(to - 1));
        return;
      }
    }
    symbols.clear();
    int bytes = 0;
    int unknownBytes = 0;
    for (int i = from, next; i < to; i = next) {
      int codePoint = text.codePointAt(i);
      next = i + Character.charCount(codePoint);
      int length = Utf8.length(codePoint);
      bytes += length;
      int id = model.characterId(codePoint, i == from, next == to);
      if (id != Bpe.NONE) {
        unknown(unknownBytes);
        unknownBytes = 0;
        symbols.add(id, length);
      } else if (!fallBack(codePoint, i == from, next == to) && model.hasUnknownToken()) {
        if (!model.fuseUnk) {
          unknown(unknownBytes);
          unknownBytes = 0;
        }
        unknownBytes += length;
      }
    }
    unknown(unknownBytes);
    symbols.merge();
    emit(string, from, to, bytes == to - from);
  }

  private void unknown(int bytes) {
    if (bytes > 0) {
      symbols.add(model.unknownId(), bytes);
    }
  }

  /** Adds the tokens of a character's bytes, affixes included, if there is one for each. */
  private boolean fallBack(int codePoint, boolean isFirst, boolean isLast) {
    if (!model.hasByteFallback()) {
      return false;
    }
    String all =
        (isFirst ? "" : model.prefix)
            + Character.toString(codePoint)
            + (isLast ? model.suffix : "");
    byte[] bytes = all.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    for (byte b : bytes) {
      if (model.fallbackId(b & 0xFF) == Bpe.NONE) {
        return false;
      }
    }
    for (byte b : bytes) {
      symbols.add(model.fallbackId(b & 0xFF), 1);
    }
    return true;
  }

  /** Hands on the merged symbols; their bytes count from the start of the word. */
  private void emit(NormalizedString string, int from, int to, boolean ascii) {
    int end = 0;
    cursor.start(string.text(), from, to);
    for (int s = 0; s < symbols.size(); s++) {
      int start = end;
      end += symbols.bytes(s);
      int first = ascii ? from + start : cursor.find(start);
      int last = ascii ? from + end - 1 : cursor.find(end - 1);
      if (last < to) {
        out.add(symbols.id(s), string.start(first), string.end(last));
      } else {
        out.add(symbols.id(s), original.start(start), original.end(start, end));
      }
    }
  }

  /** Goes from byte offsets, which only grow, to the characters that hold them. */
  private static final class Cursor {
    private String text = "";
    private int to;
    private int at;
    private int passed;

    void start(String newText, int from, int newTo) {
      text = newText;
      to = newTo;
      at = from;
      passed = 0;
    }

    /** The character that holds a byte, or the end. */
    int find(int target) {
      while (at < to) {
        int codePoint = text.codePointAt(at);
        if (passed + Utf8.length(codePoint) > target) {
          break;
        }
        passed += Utf8.length(codePoint);
        at += Character.charCount(codePoint);
      }
      return at;
    }
  }
}
