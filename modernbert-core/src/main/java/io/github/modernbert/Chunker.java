package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.TextBoundaries;
import io.github.modernbert.tasks.TextBoundaries.Level;
import io.github.modernbert.tokenizer.EncodeOptions;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Splits long texts into chunks that a model reads whole. A chunk ends where a paragraph does if it
 * is then at least half full; or else at the last end of a sentence, of a line, or of a word that
 * fits; and within a word only if that alone is longer than a chunk. White space around chunks is
 * in none.
 *
 * {@snippet file="io/github/modernbert/ChunkSnippetsTest.java" region="chunker"}
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class Chunker {
  private static final EncodeOptions CONTENT = EncodeOptions.plain().withSpecialTokens(false);

  private final Tokenizer tokenizer;
  private final int specialTokens;
  private final int maxTokens;
  private final int overlap;

  private Chunker(Tokenizer tokenizer, int specialTokens, int maxTokens, int overlap) {
    this.tokenizer = tokenizer;
    this.specialTokens = specialTokens;
    this.maxTokens = maxTokens;
    this.overlap = overlap;
  }

  /**
   * Makes chunks that do not overlap.
   *
   * @param tokenizer of the model that shall read them, {@link TaskModel#tokenizer}
   * @param maxTokens how many tokens a chunk has at most, special ones included, as {@link
   *     TaskModel#maxLength} counts them. Leave room for a prompt. A single character of more
   *     tokens is a chunk all the same
   * @throws IllegalArgumentException if the tokenizer is null, or the special tokens leave no room
   */
  public static Chunker of(Tokenizer tokenizer, int maxTokens) {
    int special =
        Arguments.notNull(tokenizer, "tokenizer").encode("", EncodeOptions.plain()).length();
    if (maxTokens <= special) {
      throw new IllegalArgumentException(
          "maxTokens: the special tokens alone are %d, found %d".formatted(special, maxTokens));
    }
    return new Chunker(tokenizer, special, maxTokens, 0);
  }

  /**
   * Repeats the end of each chunk at the beginning of the next one: as many whole sentences as fit
   * into so many tokens, or else words.
   *
   * @param tokens from 0 to below the largest chunk's, special ones not included
   * @throws IllegalArgumentException if the number is not as said
   */
  public Chunker overlap(int tokens) {
    if (tokens < 0 || tokens >= maxTokens - specialTokens) {
      throw new IllegalArgumentException(
          "overlap: expected from 0 to %d, found %d"
              .formatted(maxTokens - specialTokens - 1, tokens));
    }
    return new Chunker(tokenizer, specialTokens, maxTokens, tokens);
  }

  /**
   * Splits a text.
   *
   * @return chunks in the order of the text; none if there is nothing but white space
   * @throws IllegalArgumentException if the text is null
   */
  public List<Chunk> split(String text) {
    return new Split(Arguments.notNull(text, "text")).chunks();
  }

  /** The work on one text. */
  private final class Split {
    private final String text;
    private final TextBoundaries boundaries;

    /** Where the tokens of the whole text begin, ascending. */
    private final int[] tokenStarts;

    Split(String text) {
      this.text = text;
      this.boundaries = new TextBoundaries(text);
      Encoding encoding = tokenizer.encode(text, CONTENT);
      this.tokenStarts = new int[encoding.length()];
      Arrays.setAll(tokenStarts, encoding::start);
      Arrays.sort(tokenStarts);
    }

    List<Chunk> chunks() {
      var chunks = new ArrayList<Chunk>();
      int last = boundaries.trimmedEnd(0, text.length());
      int done = 0;
      int begin = boundaries.skipSpace(0);
      while (done < last) {
        Chunk chunk = chunk(begin);
        if (chunk.end() <= done) {
          // What is repeated leaves no room for what comes next.
          begin = boundaries.skipSpace(done);
          chunk = chunk(begin);
        }
        chunks.add(chunk);
        done = chunk.end();
        begin = boundaries.skipSpace(repeatFrom(chunk));
      }
      return List.copyOf(chunks);
    }

    private Chunk chunk(int begin) {
      int room = maxTokens - specialTokens;
      int behind = firstToken(begin) + room;
      int limit = behind < tokenStarts.length ? tokenStarts[behind] : text.length();
      while (true) {
        int end = boundaries.trimmedEnd(begin, end(begin, limit));
        int tokens = tokenizer.count(text.substring(begin, end), false);
        if (tokens <= room || end <= boundaries.characterAfter(begin)) {
          return new Chunk(begin, end, tokens + specialTokens);
        }
        // Alone, a text may have more tokens than within another one.
        limit = end - 1;
      }
    }

    /** Where a chunk ends that must not end behind the limit, but has a character at least. */
    private int end(int begin, int limit) {
      if (limit >= text.length()) {
        return text.length();
      }
      int paragraph = boundaries.last(Level.PARAGRAPH, begin, limit);
      if (paragraph > begin && 2 * tokens(begin, paragraph) >= tokens(begin, limit)) {
        return paragraph;
      }
      for (Level level : List.of(Level.SENTENCE, Level.LINE, Level.WORD, Level.CHARACTER)) {
        int end = boundaries.last(level, begin, limit);
        if (end > begin) {
          return end;
        }
      }
      return boundaries.characterAfter(begin);
    }

    /** Where the next chunk begins: the end of this one, or before it what shall be repeated. */
    private int repeatFrom(Chunk chunk) {
      int earliest = chunk.start() + 1;
      int firstRepeated = firstToken(chunk.end()) - overlap;
      if (overlap > 0 && firstRepeated > 0) {
        earliest = Math.max(earliest, tokenStarts[firstRepeated - 1] + 1);
      }
      if (overlap > 0) {
        for (Level level : List.of(Level.SENTENCE, Level.LINE, Level.WORD)) {
          int from = boundaries.first(level, earliest, chunk.end());
          if (from < chunk.end()) {
            return from;
          }
        }
      }
      return chunk.end();
    }

    private int tokens(int from, int to) {
      return firstToken(to) - firstToken(from);
    }

    /** The first token that begins at a place or behind it. */
    private int firstToken(int place) {
      int low = 0;
      int high = tokenStarts.length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (tokenStarts[middle] < place) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }
  }
}
