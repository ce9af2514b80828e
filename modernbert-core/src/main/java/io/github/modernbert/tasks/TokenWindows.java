package io.github.modernbert.tasks;

import io.github.modernbert.tokenizer.Direction;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.tokenizer.Truncation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * The windows of a text whose tokens are labelled. The text is a string, or words, which are joined
 * by spaces. Which tokens belong to one word is told as {@code TokenClassificationPipeline} of
 * transformers 5.23 does it ({@code gather_pre_entities}).
 */
public final class TokenWindows {
  private static final char SPACE = ' ';

  private final TextTokenizer tokenizer;
  private final OptionalInt unknownId;
  private final String text;
  private final List<Encoding> windows;
  private final int stride;

  /** Where words begin in the text; empty for a string. */
  private final int[] wordStarts;

  private TokenWindows(
      TextTokenizer tokenizer, String text, int[] wordStarts, List<Encoding> windows, int stride) {
    this.tokenizer = tokenizer;
    this.unknownId = tokenizer.specialId("unk_token");
    this.text = text;
    this.wordStarts = wordStarts;
    this.windows = windows;
    this.stride = stride;
  }

  /**
   * The windows of a string.
   *
   * @param length how many tokens a window has at most
   * @param stride how many tokens windows share; if empty, the text is cut to one window
   */
  public static TokenWindows of(
      String text, int length, OptionalInt stride, TextTokenizer tokenizer) {
    Encoding first =
        tokenizer.encode(text, null, length, stride.orElse(0), Truncation.Strategy.LONGEST_FIRST);
    return new TokenWindows(tokenizer, text, new int[0], windows(first, stride), stride.orElse(0));
  }

  /**
   * The windows of a text that is given as words.
   *
   * @param length how many tokens a window has at most
   * @param stride how many tokens windows share; if empty, the text is cut to one window
   */
  public static TokenWindows of(
      List<String> words, int length, OptionalInt stride, TextTokenizer tokenizer) {
    var starts = new int[words.size()];
    var text = new StringBuilder();
    for (int i = 0; i < starts.length; i++) {
      text.append(i == 0 ? "" : SPACE);
      starts[i] = text.length();
      text.append(words.get(i));
    }
    Encoding first = tokenizer.encodeWords(words, length, stride.orElse(0));
    return new TokenWindows(
        tokenizer, text.toString(), starts, windows(first, stride), stride.orElse(0));
  }

  private static List<Encoding> windows(Encoding first, OptionalInt stride) {
    return stride.isPresent() ? TextTokenizer.windows(first) : List.of(first);
  }

  /** The windows; there is at least one. */
  public List<Encoding> encodings() {
    return windows;
  }

  /** How many tokens all windows have, special ones included. */
  public int tokens() {
    return windows.stream().mapToInt(Encoding::length).sum();
  }

  /**
   * The tokens of a window that stand for text.
   *
   * @param logits of each token of the window
   */
  public List<EntityGrouper.Token> labelled(int window, float[][] logits) {
    Encoding encoding = windows.get(window);
    int[] special = encoding.specialTokensMask();
    int[] words = encoding.wordIds();
    List<String> pieces = encoding.tokens();
    var tokens = new ArrayList<EntityGrouper.Token>();
    for (int i = 0; i < logits.length; i++) {
      if (special[i] == 0) {
        int wordStart = wordStarts.length == 0 || words[i] < 0 ? 0 : wordStarts[words[i]];
        int start = wordStart + encoding.start(i);
        int end = wordStart + encoding.end(i);
        boolean continues = !isUnknown(encoding.id(i)) && continues(pieces.get(i), start, end);
        tokens.add(new EntityGrouper.Token(Softmax.of(logits[i]), start, end, continues));
      }
    }
    return tokens;
  }

  private boolean isUnknown(int id) {
    return unknownId.isPresent() && unknownId.getAsInt() == id;
  }

  private boolean continues(String piece, int start, int end) {
    if (!tokenizer.tokenizer().continuingSubwordPrefix().isEmpty()) {
      // A piece that goes on in a word has its prefix beside the characters of the text.
      return piece.codePointCount(0, piece.length()) != part(start, end).codePoints().count();
    }
    return start > 0 && text.charAt(start - 1) != SPACE && !isSpace(start);
  }

  private boolean isSpace(int index) {
    return index < text.length() && text.charAt(index) == SPACE;
  }

  /** A part of the text. A word of several tokens of one character may end before it starts. */
  public String part(int start, int end) {
    return start < end ? text.substring(start, end) : "";
  }

  /**
   * The tokens of all windows, each token of the text once: of those that two windows share, the
   * first half from the earlier and the second half from the later one.
   */
  public List<EntityGrouper.Token> joined(List<List<EntityGrouper.Token>> labelled) {
    boolean fromTheEnd = tokenizer.truncationSide() == Direction.LEFT;
    var all = new ArrayList<EntityGrouper.Token>();
    for (List<EntityGrouper.Token> tokens : fromTheEnd ? labelled.reversed() : labelled) {
      int shared = all.isEmpty() ? 0 : stride;
      int fromLater = shared - shared / 2;
      all.subList(all.size() - fromLater, all.size()).clear();
      all.addAll(tokens.subList(shared - fromLater, tokens.size()));
    }
    return all;
  }

  /** The index of the word that a character of the text belongs to, or the space before it. */
  public int wordAt(int index) {
    int found = Arrays.binarySearch(wordStarts, index);
    return found >= 0 ? found : Math.max(0, -found - 2);
  }
}
