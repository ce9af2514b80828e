package io.github.modernbert.tokenizer.model;

import io.github.modernbert.tokenizer.text.NormalizedString;
import io.github.modernbert.tokenizer.text.Trie;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Tokenizes one text with a {@link Unigram} model by Viterbi's algorithm. Of ways with the same sum
 * the one counts whose last token starts first, as in the reference.
 *
 * <p>Kept of a word are an id for each place, and the sums of as many places as the longest token
 * has characters: all that tokens still to come can start from.
 */
final class UnigramSession implements ModelSession {
  private static final int UNREACHED = -1;

  /** The id of a single character without a token. */
  private static final int UNKNOWN = -2;

  private final Unigram model;
  private final TokenBuffer out;

  /** The last token of the best way to each place of the word; later the first one from there. */
  private int[] ids = new int[64];

  /** The sum of the best way to a place, in a ring. */
  private final double[] sums;

  private final int ring;

  /** The characters of the word. */
  private char[] word = new char[64];

  private long steps;

  UnigramSession(Unigram model, TokenBuffer out) {
    this.model = model;
    this.out = out;
    int reach = Math.max(model.trie.longest(), 2);
    sums = new double[2 * Integer.highestOneBit(reach)];
    ring = sums.length - 1;
  }

  @Override
  public void characters(NormalizedString string, int from, int to) {
    int length = to - from;
    if (ids.length <= length) {
      ids = new int[length + (length >> 1) + 1];
    }
    if (word.length < length) {
      word = new char[ids.length];
    }
    string.text().getChars(from, to, word, 0);
    Arrays.fill(ids, 0, length + 1, UNREACHED);
    forward(length);
    backward(length);
    emit(string, from, to);
  }

  /** The steps through the trie so far. */
  long steps() {
    return steps;
  }

  /** Finds the last token of the best way to each place. */
  private void forward(int length) {
    Trie trie = model.trie;
    double[] scores = model.scores;
    char[] text = word;
    sums[0] = 0;
    for (int at = 0, next; at < length; at = next) {
      next = at + (Character.isHighSurrogate(text[at]) ? 2 : 1);
      double sum = sums[at & ring];
      boolean hasSingle = false;
      int end = at;
      for (int node = trie.first(text[end++]); node != Trie.NONE; ) {
        int id = trie.value(node);
        if (id != Trie.NONE) {
          offer(end, id, scores[id] + sum);
          hasSingle |= end == next;
        }
        if (end == length) {
          break;
        }
        node = trie.child(node, text[end++]);
      }
      steps += end - at;
      if (!hasSingle && offer(next, UNKNOWN, model.unknownScore + sum)) {
        model.unknownId();
      }
    }
  }

  /**
   * Records a segmentation up to a place if it is the first or has a larger sum than the recorded
   * one.
   */
  private boolean offer(int place, int id, double sum) {
    if (ids[place] != UNREACHED && !(sum > sums[place & ring])) {
      return false;
    }
    ids[place] = id;
    sums[place & ring] = sum;
    return true;
  }

  /** Turns the last tokens of the ways to places into the first tokens of the best way onwards. */
  private void backward(int length) {
    int id = ids[length];
    for (int place = length; place > 0; ) {
      place -= id == UNKNOWN ? Character.isLowSurrogate(word[place - 1]) ? 2 : 1 : model.length(id);
      int before = ids[place];
      ids[place] = id;
      id = before;
    }
  }

  private void emit(NormalizedString string, int from, int to) {
    String text = string.text();
    for (int at = from; at < to; ) {
      int start = at;
      int id = ids[at - from];
      if (id != UNKNOWN && !model.isUnknown(id)) {
        at += model.length(id);
        out.add(id, string.start(start), string.end(at - 1));
        continue;
      }
      while (at < to) {
        id = ids[at - from];
        if (id == UNKNOWN) {
          at += Character.charCount(text.codePointAt(at));
        } else if (model.isUnknown(id)) {
          at += model.length(id);
        } else {
          break;
        }
      }
      unknown(text.substring(start, at), string.start(start), string.end(at - 1));
    }
  }

  /** Appends a run of unknown characters, which may still be a token as a whole. */
  private void unknown(String run, int start, int end) {
    int whole = model.vocabulary().id(run);
    if (whole != Vocabulary.NONE) {
      out.add(whole, start, end);
    } else if (!fallBack(run, start, end)) {
      out.addSpelled(model.unknownId(), start, end, run);
    }
  }

  /** Appends the tokens of the bytes, if there is one for each. */
  private boolean fallBack(String run, int start, int end) {
    if (!model.hasByteFallback()) {
      return false;
    }
    byte[] bytes = run.getBytes(StandardCharsets.UTF_8);
    for (byte b : bytes) {
      if (model.fallbackId(b & 0xFF) == Vocabulary.NONE) {
        return false;
      }
    }
    for (byte b : bytes) {
      out.add(model.fallbackId(b & 0xFF), start, end);
    }
    return true;
  }
}
