package io.github.modernbert.tokenizer.model;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.VocabularyEntries;
import io.github.modernbert.tokenizer.text.NormalizedString;

/** A model whose tokens are whole words. */
final class WordLevel implements Model {
  private final Vocabulary vocabulary;
  private final UnknownToken unknown;

  private WordLevel(Vocabulary vocabulary, UnknownToken unknown) {
    this.vocabulary = vocabulary;
    this.unknown = unknown;
  }

  static WordLevel read(Json json, VocabularyEntries.WithIds entries) {
    Vocabulary vocabulary = Vocabulary.of(entries);
    return new WordLevel(vocabulary, UnknownToken.of(json, json.get("unk_token"), vocabulary));
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  @Override
  public ModelSession session(String text, TokenBuffer out) {
    return new Session(out);
  }

  /** Looks up the words of one text. */
  final class Session implements ModelSession {
    private final TokenBuffer out;
    private long steps;

    private Session(TokenBuffer out) {
      this.out = out;
    }

    @Override
    public void characters(NormalizedString string, int from, int to) {
      String word = string.text().substring(from, to);
      steps += word.length();
      int id = vocabulary.id(word);
      int start = string.start(from);
      int end = string.end(to - 1);
      if (id == Vocabulary.NONE) {
        out.add(unknown.id(), start, end);
      } else if (word.equals(vocabulary.token(id))) {
        out.add(id, start, end);
      } else {
        // Several words share this id; the token is the one that stands here.
        out.addSpelled(id, start, end, word);
      }
    }

    /** The characters of words that have been looked up. */
    long steps() {
      return steps;
    }
  }
}
