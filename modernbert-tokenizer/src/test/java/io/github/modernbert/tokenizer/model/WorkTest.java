package io.github.modernbert.tokenizer.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.VocabularyEntries;
import io.github.modernbert.tokenizer.text.NormalizedString;
import io.github.modernbert.tokenizer.text.Trie;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Words of ten million characters take a number of steps in proportion to their length. */
class WorkTest {
  private static final int LENGTH = 10_000_000;
  private static final int LONGEST = 16;

  /** Beginnings of one long word: at each place all tokens fit. */
  private static final List<String> TOKENS =
      IntStream.rangeClosed(1, LONGEST).mapToObj("a"::repeat).toList();

  private static final class CountingTrie extends Trie {
    long steps;

    @Override
    public int child(int node, char c) {
      steps++;
      return super.child(node, c);
    }
  }

  private static final class CountingMerges extends MergeTable {
    long lookUps;

    CountingMerges(int[] left, int[] right, int[] joined) {
      super(left, right, joined);
    }

    @Override
    int rank(int left, int right) {
      lookUps++;
      return super.rank(left, right);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "aaaaaaaaaaaaaaab", "😀"})
  void unigram(String unit) {
    double[] scores = IntStream.rangeClosed(1, LONGEST).mapToDouble(i -> -1 - 0.5 * i).toArray();
    var trie = new CountingTrie();
    Json settings = Json.parse("tokenizer.json", "{\"unk_id\": 0}");
    var model = new Unigram(settings, new VocabularyEntries.WithScores(TOKENS, scores), trie);
    tokenize(model, unit.repeat(LENGTH / unit.length()));
    assertTrue(trie.steps <= (LONGEST + 1L) * LENGTH, () -> trie.steps + " steps");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "aaaaaaaaaaaaaaab", "😀"})
  void wordPiece(String unit) {
    var tokens = new ArrayList<String>(List.of("[UNK]", "##b"));
    TOKENS.forEach(token -> tokens.addAll(List.of(token, "##" + token)));
    int[] ids = IntStream.range(0, tokens.size()).toArray();
    Vocabulary vocabulary = Vocabulary.of(new VocabularyEntries.WithIds(tokens, ids));
    Json settings = Json.parse("tokenizer.json", "{}");
    var unknown = new UnknownToken(settings, "[UNK]", vocabulary);
    var trie = new CountingTrie();
    var model = new WordPiece(vocabulary, unknown, "##", Integer.MAX_VALUE, trie);
    tokenize(model, unit.repeat(LENGTH / unit.length()));
    assertTrue(trie.steps <= 2L * LENGTH, () -> trie.steps + " steps");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bpe(boolean exactQueue) {
    // a a → aa, aa aa → aaaa and so on: every level halves the word
    int[] parts = IntStream.range(0, LONGEST).toArray();
    int[] joined = IntStream.rangeClosed(1, LONGEST).toArray();
    var merges = new CountingMerges(parts, parts, joined);
    var symbols = new Symbols(merges, exactQueue);
    for (int i = 0; i < LENGTH; i++) {
      symbols.add(0, 1);
    }
    symbols.merge();
    int bytes = IntStream.range(0, symbols.size()).map(symbols::bytes).sum();
    assertEquals(LENGTH, bytes);
    assertTrue(merges.lookUps <= 8L * LENGTH, () -> merges.lookUps + " look-ups");
  }

  private static void tokenize(Model model, String text) {
    var out = new TokenBuffer(text.length());
    out.nextWord();
    model.session(text, out).characters(NormalizedString.of(text), 0, text.length());
    int end = 0;
    int[] starts = out.starts();
    int[] ends = out.ends();
    for (int i = 0; i < out.size(); i++) {
      assertEquals(end, starts[i]);
      end = ends[i];
    }
    assertEquals(text.length(), end);
  }
}
