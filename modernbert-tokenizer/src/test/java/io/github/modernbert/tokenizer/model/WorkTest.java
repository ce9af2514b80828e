package io.github.modernbert.tokenizer.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.VocabularyEntries;
import io.github.modernbert.tokenizer.text.NormalizedString;
import io.github.modernbert.tokenizer.text.Trie;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Words of ten million characters take a number of steps in proportion to their length. */
class WorkTest {
  private static final int LENGTH = 10_000_000;
  private static final int LONGEST = 16;

  /** Beginnings of one long word: at each place all tokens fit. */
  private static final List<String> TOKENS =
      IntStream.rangeClosed(1, LONGEST).mapToObj("a"::repeat).toList();

  @ParameterizedTest
  @ValueSource(strings = {"a", "aaaaaaaaaaaaaaab", "😀"})
  void unigram(String unit) {
    double[] scores = IntStream.rangeClosed(1, LONGEST).mapToDouble(i -> -1 - 0.5 * i).toArray();
    Json settings = Json.parse("tokenizer.json", "{\"unk_id\": 0}");
    var model = new Unigram(settings, new VocabularyEntries.WithScores(TOKENS, scores), new Trie());
    var session = (UnigramSession) tokenize(model, unit.repeat(LENGTH / unit.length()));
    long steps = session.steps();
    assertTrue(steps <= (LONGEST + 1L) * LENGTH, () -> steps + " steps");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "aaaaaaaaaaaaaaab", "😀"})
  void wordPiece(String unit) {
    var tokens = new ArrayList<String>(List.of("[UNK]", "##b"));
    TOKENS.forEach(token -> tokens.addAll(List.of(token, "##" + token)));
    int[] ids = IntStream.range(0, tokens.size()).toArray();
    Vocabulary vocabulary = Vocabulary.of(new VocabularyEntries.WithIds(tokens, ids));
    Json settings = Json.parse("tokenizer.json", "{}");
    var unknown = new UnknownToken(settings, "[UNK]", vocabulary.id("[UNK]"));
    var model = new WordPiece(vocabulary, unknown, "##", Integer.MAX_VALUE, new Trie());
    var session = (WordPiece.Session) tokenize(model, unit.repeat(LENGTH / unit.length()));
    long steps = session.steps();
    assertTrue(steps <= 2L * LENGTH, () -> steps + " steps");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "😀"})
  void wordLevel(String unit) {
    Json settings = Json.parse("tokenizer.json", "{\"unk_token\": \"a\"}");
    int[] ids = IntStream.range(0, TOKENS.size()).toArray();
    var model = WordLevel.read(settings, new VocabularyEntries.WithIds(TOKENS, ids));
    var session = (WordLevel.Session) tokenize(model, unit.repeat(LENGTH / unit.length()));
    assertEquals(LENGTH, session.steps());
  }

  @Test
  void bpe() {
    // a a → aa, aa aa → aaaa and so on: every level halves the word
    int[] parts = IntStream.range(0, LONGEST).toArray();
    int[] joined = IntStream.rangeClosed(1, LONGEST).toArray();
    var lengths = new int[LENGTH];
    Arrays.fill(lengths, 1);
    var queue =
        new MergeQueue(new MergeTable(parts, parts, joined), new int[LENGTH], lengths, LENGTH);
    int left = queue.merge();
    assertEquals(LENGTH, IntStream.range(0, left).map(i -> lengths[i]).sum());
    long lookUps = queue.lookUps();
    assertTrue(lookUps <= 8L * LENGTH, () -> lookUps + " look-ups");
  }

  private static ModelSession tokenize(Model model, String text) {
    var out = new TokenBuffer(text.length());
    out.nextWord();
    ModelSession session = model.session(text, out);
    session.characters(NormalizedString.of(text), 0, text.length());
    int end = 0;
    int[] starts = out.starts();
    int[] ends = out.ends();
    for (int i = 0; i < out.size(); i++) {
      assertEquals(end, starts[i]);
      end = ends[i];
    }
    assertEquals(text.length(), end);
    return session;
  }
}
