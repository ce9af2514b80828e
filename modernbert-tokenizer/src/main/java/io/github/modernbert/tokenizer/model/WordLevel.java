package io.github.modernbert.tokenizer.model;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.Fields;
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
    String unkToken = Fields.string(json.get("unk_token"));
    return new WordLevel(vocabulary, new UnknownToken(json, unkToken, vocabulary));
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  @Override
  public ModelSession session(String text, TokenBuffer out) {
    return (string, from, to) -> word(string, from, to, out);
  }

  private void word(NormalizedString string, int from, int to, TokenBuffer out) {
    String word = string.text().substring(from, to);
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
}
