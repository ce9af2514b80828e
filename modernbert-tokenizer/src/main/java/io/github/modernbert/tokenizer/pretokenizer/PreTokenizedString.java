package io.github.modernbert.tokenizer.pretokenizer;

import io.github.modernbert.tokenizer.text.ByteAlphabet;
import io.github.modernbert.tokenizer.text.IntList;
import io.github.modernbert.tokenizer.text.NormalizedString;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A text on its way through the pre-tokenizers. Belongs to one call. */
public final class PreTokenizedString {
  private List<Part> parts;

  /** Starts with the given parts, none of which is empty. */
  public PreTokenizedString(List<Part> parts) {
    this.parts = parts;
  }

  /** The parts in the order of the text. */
  public List<Part> parts() {
    return parts;
  }

  /** Cuts a stretch of a text into pieces, none of them empty. */
  @FunctionalInterface
  interface Cutter {
    /** Adds start and end of each piece of {@code text} between {@code from} and {@code to}. */
    void cut(String text, int from, int to, IntList bounds);
  }

  /** Cuts every piece of text further. */
  void cut(Cutter cutter) {
    settleBytes();
    parts.replaceAll(part -> {
      if (part.isToken()) {
        return part;
      }
      String text = part.string().text();
      var bounds = new IntList(text.length() / 2);
      for (int i = 0; i < part.pieces(); i++) {
        cutter.cut(text, part.start(i), part.end(i), bounds);
      }
      return part.cut(bounds.toArray());
    });
  }

  /** Changes every piece of text; those that become empty are dropped. */
  void change(UnaryOperator<NormalizedString> change) {
    settleBytes();
    parts = changed(parts, change);
  }

  /** Replaces the characters of every piece by those of its bytes. */
  void toBytes() {
    settleBytes();
    var result = new ArrayList<Part>(parts.size());
    for (Part part : parts) {
      if (part.isToken()) {
        result.add(part);
      } else if (part.string().hasGroundless()) {
        result.addAll(changed(List.of(part), ByteAlphabet::apply));
      } else {
        result.add(part.asBytes());
      }
    }
    parts = result;
  }

  /** Every piece as a part of its own, as the reference shows them. */
  public List<Part> separate() {
    settleBytes();
    return changed(parts, piece -> piece);
  }

  private void settleBytes() {
    if (parts.stream().anyMatch(Part::bytes)) {
      var result = new ArrayList<Part>(parts.size());
      for (Part part : parts) {
        if (part.bytes()) {
          result.addAll(changed(List.of(part), ByteAlphabet::apply));
        } else {
          result.add(part);
        }
      }
      parts = result;
    }
  }

  private static List<Part> changed(List<Part> parts, UnaryOperator<NormalizedString> change) {
    var result = new ArrayList<Part>(parts.size());
    for (Part part : parts) {
      if (part.isToken()) {
        result.add(part);
        continue;
      }
      for (int i = 0; i < part.pieces(); i++) {
        NormalizedString piece = change.apply(part.piece(i));
        if (!piece.isEmpty()) {
          result.add(Part.text(piece));
        }
      }
    }
    return result;
  }
}
