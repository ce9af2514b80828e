package io.github.modernbert.tasks;

import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.tokenizer.Direction;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.tokenizer.Truncation;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * Late chunking (arXiv:2409.04701): a text is read as a whole, and the vectors of its parts are
 * pooled from the hidden states of their tokens. A text that is longer than the model takes is read
 * in windows that share a quarter of their tokens; of shared tokens half are taken from each.
 */
public final class LateChunks implements Request<float[][], List<float[]>> {
  /** The part of a window that the next one repeats. */
  private static final int SHARED_PART = 4;

  /** A part of the text, in chars. */
  public record Span(int start, int end) {}

  /** Makes a vector of the hidden states of a span's tokens. */
  @FunctionalInterface
  public interface Pooling {
    /**
     * @param ids of the tokens
     * @param hidden their rows
     */
    float[] apply(int[] ids, Matrix hidden);
  }

  private final List<Window> windows;

  /** The tokens of each span. */
  private final List<List<Place>> tokens;

  private final Pooling pooling;

  /** The tokens of a window that count: from the first to before the second. */
  private record Window(Encoding encoding, int from, int to) {}

  /** Where a token of the text is read: its window, and its index there. */
  private record Place(int window, int token) {}

  private LateChunks(List<Window> windows, List<List<Place>> tokens, Pooling pooling) {
    this.windows = windows;
    this.tokens = tokens;
    this.pooling = pooling;
  }

  /**
   * Reads a text with its prompt.
   *
   * @param prompt comes before the text; its tokens are in no span
   * @param maxLength how many tokens a window has at most
   * @throws IllegalArgumentException if no token of the text stands in a span
   */
  public static LateChunks of(
      TextTokenizer tokenizer,
      String prompt,
      String text,
      int maxLength,
      List<Span> spans,
      Pooling pooling) {
    int room = maxLength - tokenizer.specialTokens(1);
    int shared = room / SHARED_PART;
    List<Encoding> parts =
        tokenizer.windows(
            prompt + text, null, maxLength, shared, Truncation.Strategy.LONGEST_FIRST);
    if (tokenizer.truncationSide() == Direction.LEFT) {
      parts = parts.reversed();
    }
    var windows = new ArrayList<Window>();
    for (int i = 0; i < parts.size(); i++) {
      int before = i == 0 ? 0 : shared / 2;
      int after = i == parts.size() - 1 ? 0 : shared - shared / 2;
      windows.add(window(parts.get(i), before, after));
    }
    var tokens = new ArrayList<List<Place>>();
    for (int i = 0; i < spans.size(); i++) {
      Span span = spans.get(i);
      tokens.add(
          tokens(new Span(span.start() + prompt.length(), span.end() + prompt.length()), windows));
      if (tokens.getLast().isEmpty()) {
        throw new IllegalArgumentException(
            "chunks[%d]: no token stands from %d to %d".formatted(i, span.start(), span.end()));
      }
    }
    return new LateChunks(windows, tokens, pooling);
  }

  private static Window window(Encoding encoding, int before, int after) {
    int[] special = encoding.specialTokensMask();
    int from = 0;
    while (from < special.length && special[from] == 1) {
      from++;
    }
    int to = special.length;
    while (to > from && special[to - 1] == 1) {
      to--;
    }
    return new Window(encoding, from + before, to - after);
  }

  private static boolean isIn(Span span, Encoding encoding, int token) {
    return encoding.start(token) < span.end()
        && encoding.end(token) > span.start()
        && encoding.end(token) > encoding.start(token);
  }

  private static List<Place> tokens(Span span, List<Window> windows) {
    var places = new ArrayList<Place>();
    for (int w = 0; w < windows.size(); w++) {
      Window window = windows.get(w);
      for (int t = window.from(); t < window.to(); t++) {
        if (isIn(span, window.encoding(), t)) {
          places.add(new Place(w, t));
        }
      }
    }
    return places;
  }

  /** How many tokens of the text are in each span. */
  public int[] tokenCounts() {
    return tokens.stream().mapToInt(List::size).toArray();
  }

  @Override
  public List<int[]> sequences() {
    return windows.stream().map(window -> window.encoding().ids()).toList();
  }

  @Override
  public float[][] read(int sequence, Matrix hidden) {
    Window window = windows.get(sequence);
    return Vectors.results(hidden.slice(window.from(), window.to()));
  }

  @Override
  public List<float[]> result(List<float[][]> kept) {
    var vectors = new ArrayList<float[]>();
    for (List<Place> places : tokens) {
      int[] ids =
          places.stream()
              .mapToInt(place -> windows.get(place.window()).encoding().id(place.token()))
              .toArray();
      try (Arena arena = Arena.ofConfined()) {
        Matrix own = Matrix.allocate(arena, places.size(), row(kept, places.getFirst()).length);
        for (int r = 0; r < own.rows(); r++) {
          own.setRow(r, row(kept, places.get(r)));
        }
        vectors.add(pooling.apply(ids, own));
      }
    }
    return vectors;
  }

  private float[] row(List<float[][]> kept, Place place) {
    return kept.get(place.window())[place.token() - windows.get(place.window()).from()];
  }
}
