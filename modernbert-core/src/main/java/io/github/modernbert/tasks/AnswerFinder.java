package io.github.modernbert.tasks;

import io.github.modernbert.tokenizer.Encoding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Finds the best spans of a context, as {@code QuestionAnsweringPipeline} of transformers 4.57 does
 * it ({@code select_starts_ends}, {@code decode_spans}, {@code postprocess}); 5 has it no more.
 * Spans of probability 0, which the reference may add at the end, are left out.
 */
public final class AnswerFinder {
  /** The text of a pair that is the context. */
  private static final int CONTEXT = 1;

  private final String context;
  private final Settings settings;
  private final int clsId;
  private final Map<String, Found> answers = new LinkedHashMap<>();
  private float noAnswer = Float.POSITIVE_INFINITY;

  /**
   * Which spans are answers.
   *
   * @param topK how many answers are given at most
   * @param maxAnswerLength tokens of an answer at most
   * @param noAnswer whether that the context holds no answer is an answer too
   * @param alignToWords whether answers begin and end with whole words
   */
  public record Settings(int topK, int maxAnswerLength, boolean noAnswer, boolean alignToWords) {}

  /**
   * A part of the context; empty if the context holds no answer.
   *
   * @param score its probability; of a part that was found in several places, the sum
   * @param start UTF-16 index of its first character
   * @param end UTF-16 index after its last character
   */
  public record Part(String text, float score, int start, int end) {}

  /**
   * @param clsId the id of the first token, which takes part in the probabilities and stands for no
   *     answer; −1 if there is none
   */
  public AnswerFinder(String context, Settings settings, int clsId) {
    this.context = context;
    this.settings = settings;
    this.clsId = clsId;
  }

  /** A span of tokens. */
  private record Span(int from, int to, float score) {}

  /** An answer with the sum of its scores; where it was found first counts. */
  private static final class Found {
    private final int start;
    private final int end;
    private double score;

    Found(int start, int end) {
      this.start = start;
      this.end = end;
    }
  }

  /**
   * Adds the answers of one window.
   *
   * @param logits of start and end, for each token
   */
  public void add(Encoding window, float[][] logits) {
    int[] sequences = window.sequenceIds();
    int[] words = window.wordIds();
    int tokens = sequences.length;
    var candidates = new int[tokens];
    int count = 0;
    for (int i = 0; i < tokens; i++) {
      if (sequences[i] == CONTEXT || window.id(i) == clsId) {
        candidates[count++] = i;
      }
    }
    float[] starts = probabilities(logits, 0, candidates, count);
    float[] ends = probabilities(logits, 1, candidates, count);
    noAnswer = Math.min(noAnswer, starts[0] * ends[0]);
    for (Span span : best(starts, ends, sequences)) {
      int start = window.start(span.from());
      int end = window.end(span.to());
      if (settings.alignToWords()) {
        start = window.start(wordEdge(words, sequences, span.from(), -1));
        end = window.end(wordEdge(words, sequences, span.to(), 1));
      }
      String key = part(start, end).toLowerCase(Locale.ROOT);
      Found found = answers.get(key);
      if (found == null) {
        found = new Found(start, end);
        answers.put(key, found);
      }
      found.score += span.score();
    }
  }

  /** The probability of each token; tokens that are no candidates have 0. */
  private static float[] probabilities(float[][] logits, int column, int[] candidates, int count) {
    var chosen = new float[count];
    for (int i = 0; i < count; i++) {
      chosen[i] = logits[candidates[i]][column];
    }
    float[] scores = Softmax.of(chosen);
    var all = new float[logits.length];
    for (int i = 0; i < count; i++) {
      all[candidates[i]] = scores[i];
    }
    return all;
  }

  private List<Span> best(float[] starts, float[] ends, int[] sequences) {
    var spans = new ArrayList<Span>();
    for (int from = 0; from < starts.length; from++) {
      int last = (int) Math.min(ends.length - 1L, from + settings.maxAnswerLength() - 1L);
      for (int to = from; to <= last && sequences[from] == CONTEXT; to++) {
        float score = starts[from] * ends[to];
        if (score > 0 && sequences[to] == CONTEXT) {
          spans.add(new Span(from, to, score));
        }
      }
    }
    spans.sort(Ranking.bestFirst(Span::score));
    // Several spans may turn out to be the same words.
    long most = settings.alignToWords() ? 2L * settings.topK() + 10 : settings.topK();
    return spans.subList(0, (int) Math.min(most, spans.size()));
  }

  /** The last token of a token's word in a direction: −1 back or 1 on. */
  private static int wordEdge(int[] words, int[] sequences, int token, int step) {
    int edge = token;
    int next = token + step;
    while (words[token] >= 0
        && next >= 0
        && next < words.length
        && words[next] == words[token]
        && sequences[next] == sequences[token]) {
      edge = next;
      next += step;
    }
    return edge;
  }

  private String part(int start, int end) {
    return start < end ? context.substring(start, end) : "";
  }

  /** The best answers of all windows, best first. */
  public List<Part> answers() {
    var all = new ArrayList<Part>();
    for (Found found : answers.values()) {
      all.add(new Part(part(found.start, found.end), (float) found.score, found.start, found.end));
    }
    if (settings.noAnswer()) {
      all.add(new Part("", noAnswer, 0, 0));
    }
    all.sort(Ranking.bestFirst(Part::score));
    return List.copyOf(all.subList(0, Math.min(settings.topK(), all.size())));
  }
}
