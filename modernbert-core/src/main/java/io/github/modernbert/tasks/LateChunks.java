package io.github.modernbert.tasks;

import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.tokenizer.Direction;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.tokenizer.Truncation;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

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

  private final List<Window> windows = new ArrayList<>();
  private final List<Span> spans;
  private final Pooling pooling;

  /** The tokens of a window that count: from the first to before the second. */
  private record Window(Encoding encoding, int from, int to) {}

  private LateChunks(List<Span> spans, Pooling pooling) {
    this.spans = spans;
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
    List<Span> shifted =
        spans.stream()
            .map(s -> new Span(s.start() + prompt.length(), s.end() + prompt.length()))
            .toList();
    var chunks = new LateChunks(shifted, pooling);
    int room = maxLength - tokenizer.specialTokens(1);
    int shared = room / SHARED_PART;
    List<Encoding> parts =
        tokenizer.windows(
            prompt + text, null, maxLength, shared, Truncation.Strategy.LONGEST_FIRST);
    if (tokenizer.truncationSide() == Direction.LEFT) {
      parts = parts.reversed();
    }
    for (int i = 0; i < parts.size(); i++) {
      int before = i == 0 ? 0 : shared / 2;
      int after = i == parts.size() - 1 ? 0 : shared - shared / 2;
      chunks.windows.add(window(parts.get(i), before, after));
    }
    for (int i = 0; i < spans.size(); i++) {
      if (chunks.tokens(shifted.get(i)) == 0) {
        throw new IllegalArgumentException(
            "chunks[%d]: no token stands from %d to %d"
                .formatted(i, spans.get(i).start(), spans.get(i).end()));
      }
    }
    return chunks;
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

  private int tokens(Span span) {
    int tokens = 0;
    for (Window window : windows) {
      for (int t = window.from(); t < window.to(); t++) {
        tokens += isIn(span, window.encoding(), t) ? 1 : 0;
      }
    }
    return tokens;
  }

  /** How many tokens of the text are in each span. */
  public int[] tokenCounts() {
    return spans.stream().mapToInt(this::tokens).toArray();
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
    for (Span span : spans) {
      var ids = IntStream.builder();
      var rows = new ArrayList<float[]>();
      for (int w = 0; w < windows.size(); w++) {
        Window window = windows.get(w);
        for (int t = window.from(); t < window.to(); t++) {
          if (isIn(span, window.encoding(), t)) {
            ids.add(window.encoding().id(t));
            rows.add(kept.get(w)[t - window.from()]);
          }
        }
      }
      try (Arena arena = Arena.ofConfined()) {
        Matrix own = Matrix.allocate(arena, rows.size(), rows.getFirst().length);
        for (int r = 0; r < own.rows(); r++) {
          own.setRow(r, rows.get(r));
        }
        vectors.add(pooling.apply(ids.build().toArray(), own));
      }
    }
    return vectors;
  }
}
