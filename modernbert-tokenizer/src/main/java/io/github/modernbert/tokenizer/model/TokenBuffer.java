package io.github.modernbert.tokenizer.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Collects the tokens of one text. Belongs to one call. */
public final class TokenBuffer {
  private int[] ids;
  private int[] starts;
  private int[] ends;
  private int[] words;
  private int size;
  private int word = -1;
  private boolean wordsAreGiven;
  private @Nullable String[] spellings = {};

  /** An empty buffer for the tokens of a text of so many UTF-16 units. */
  public TokenBuffer(int textLength) {
    int capacity = 8 + textLength / 3;
    ids = new int[capacity];
    starts = new int[capacity];
    ends = new int[capacity];
    words = new int[capacity];
  }

  /** Begins the tokens of the next word, unless the caller counts the words. */
  public void nextWord() {
    word += wordsAreGiven ? 0 : 1;
  }

  /** Begins the tokens of a word that the caller counts. */
  public void beginWord(int number) {
    wordsAreGiven = true;
    word = number;
  }

  /** Appends a token of the model. */
  void add(int id, int start, int end) {
    if (size == ids.length) {
      int larger = size + (size >> 1) + 8;
      ids = Arrays.copyOf(ids, larger);
      starts = Arrays.copyOf(starts, larger);
      ends = Arrays.copyOf(ends, larger);
      words = Arrays.copyOf(words, larger);
    }
    ids[size] = id;
    starts[size] = start;
    ends[size] = end;
    words[size] = word;
    size++;
  }

  /** Appends an added token, which keeps the spelling that it has in the text. */
  public void addSpelled(int id, int start, int end, String spelling) {
    add(id, start, end);
    if (size > spellings.length) {
      spellings = Arrays.copyOf(spellings, ids.length);
    }
    spellings[size - 1] = spelling;
  }

  /** How many tokens there are. */
  public int size() {
    return size;
  }

  /** The ids. */
  public int[] ids() {
    return Arrays.copyOf(ids, size);
  }

  /** Where in the caller's text the tokens start. */
  public int[] starts() {
    return Arrays.copyOf(starts, size);
  }

  /** Where in the caller's text the tokens end. */
  public int[] ends() {
    return Arrays.copyOf(ends, size);
  }

  /** The numbers of the pieces that the tokens lie in. */
  public int[] words() {
    return Arrays.copyOf(words, size);
  }

  /** The tokens as text. */
  public String[] tokens(Vocabulary vocabulary) {
    var tokens = new String[size];
    for (int i = 0; i < size; i++) {
      String token = i < spellings.length ? spellings[i] : null;
      if (token == null) {
        token = vocabulary.token(ids[i]);
      }
      tokens[i] = token == null ? "" : token;
    }
    return tokens;
  }
}
