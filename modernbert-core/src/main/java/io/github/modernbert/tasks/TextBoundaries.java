package io.github.modernbert.tasks;

import java.text.BreakIterator;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Where a text may be cut: at the beginnings of paragraphs, sentences, lines, words and characters.
 * Sentences and characters are those of {@link BreakIterator}, whatever the locale of the JVM;
 * paragraphs are divided by empty lines, words by white space.
 */
public final class TextBoundaries {
  /** The kind of text that begins at a boundary. */
  public enum Level {
    /** Text behind an empty line. */
    PARAGRAPH,
    /** A sentence, or a paragraph. */
    SENTENCE,
    /** Text behind a line break. */
    LINE,
    /** Text behind white space. */
    WORD,
    /** A character as readers see it, of one or several code points. */
    CHARACTER
  }

  private static final Pattern EMPTY_LINES = Pattern.compile("\\R[ \\t]*\\R\\s*");
  private static final Pattern LINE_BREAKS = Pattern.compile("\\R\\s*");
  private static final Pattern SPACES = Pattern.compile("\\s+");

  private final String text;
  private final int[] paragraphs;
  private final int[] sentences;
  private final int[] lines;
  private final int[] words;
  private final BreakIterator characters = BreakIterator.getCharacterInstance(Locale.ROOT);

  /** Finds the boundaries of a text. Not safe for use by several threads. */
  public TextBoundaries(String text) {
    this.text = text;
    paragraphs = ends(EMPTY_LINES);
    lines = ends(LINE_BREAKS);
    words = ends(SPACES);
    BreakIterator iterator = BreakIterator.getSentenceInstance(Locale.ROOT);
    iterator.setText(text);
    var found = IntStream.builder();
    for (int at = iterator.first(); at != BreakIterator.DONE; at = iterator.next()) {
      found.add(at);
    }
    sentences =
        IntStream.concat(found.build(), Arrays.stream(paragraphs)).sorted().distinct().toArray();
    characters.setText(text);
  }

  private int[] ends(Pattern separator) {
    return separator.matcher(text).results().mapToInt(found -> found.end()).toArray();
  }

  /** The last boundary behind a place, but not behind the limit; the place itself if none is. */
  public int last(Level level, int from, int limit) {
    if (level == Level.CHARACTER) {
      return Math.max(from, characters.isBoundary(limit) ? limit : characters.preceding(limit));
    }
    int[] all = all(level);
    int found = Arrays.binarySearch(all, limit);
    int place = found >= 0 ? found : -found - 2;
    return place < 0 ? from : Math.max(from, all[place]);
  }

  /** The first boundary at a place or behind it, but before the limit; the limit if none is. */
  public int first(Level level, int from, int limit) {
    int[] all = all(level);
    int found = Arrays.binarySearch(all, from);
    int place = found >= 0 ? found : -found - 1;
    return place == all.length ? limit : Math.min(limit, all[place]);
  }

  private int[] all(Level level) {
    return switch (level) {
      case PARAGRAPH -> paragraphs;
      case SENTENCE -> sentences;
      case LINE -> lines;
      case WORD -> words;
      case CHARACTER -> throw new IllegalArgumentException("characters are not listed");
    };
  }

  /** Where the character ends that begins at a place before the end of the text. */
  public int characterAfter(int place) {
    return characters.following(place);
  }

  /** The first char at a place or behind it that is no white space, or the end of the text. */
  public int skipSpace(int place) {
    Matcher space = SPACES.matcher(text).region(place, text.length());
    return space.lookingAt() ? space.end() : place;
  }

  /** The end of what lies between two places without white space behind it. */
  public int trimmedEnd(int from, int to) {
    int end = to;
    while (end > from && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return end;
  }

  /** As \s of regular expressions. */
  private static boolean isSpace(char c) {
    return c == ' ' || c >= '\t' && c <= '\r';
  }
}
