package io.github.modernbert.tokenizer.normalizer;

import io.github.modernbert.tokenizer.text.NormalizedString;

/** The cleaning of Google's neural machine translation. */
final class Nmt {
  private Nmt() {}

  static NormalizedString normalize(NormalizedString source) {
    return Characters.map(Characters.filter(source, c -> !isDropped(c)), c -> isSpace(c) ? ' ' : c);
  }

  private static boolean isDropped(int c) {
    return (c >= 0x01 && c <= 0x08)
        || c == 0x0B
        || (c >= 0x0E && c <= 0x1F)
        || c == 0x7F
        || c == 0x8F
        || c == 0x9F;
  }

  private static boolean isSpace(int c) {
    return switch (c) {
      case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD -> true;
      default -> c >= 0x200B && c <= 0x200F;
    };
  }
}
