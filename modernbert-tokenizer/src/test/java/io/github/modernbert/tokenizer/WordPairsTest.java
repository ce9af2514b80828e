package io.github.modernbert.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.testdata.Golden;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Pairs of texts that are given as words, as the reference reads them. */
final class WordPairsTest {
  private static final Path CASES =
      Golden.project().resolve("src-test-data/golden-extra/word-pairs/cases.jsonl.gz");

  @Test
  void pairsOfWordsAgreeWithTheReference() {
    Map<String, Tokenizer> tokenizers = new HashMap<>();
    List<JsonElement> cases = List.copyOf(Golden.jsonLines(CASES));
    for (JsonElement line : cases) {
      JsonObject c = line.getAsJsonObject();
      Path folder = Golden.root().resolve("tokenizers").resolve(c.get("tokenizer").getAsString());
      Tokenizer tokenizer =
          tokenizers.computeIfAbsent(
              folder.toString(), _ -> Tokenizer.load(folder.resolve("tokenizer.json")));
      check(tokenizer, c);
    }
    Golden.report("pairs of words", cases.size());
  }

  private static void check(Tokenizer tokenizer, JsonObject c) {
    EncodeOptions options = EncodeOptions.plain();
    if (!c.get("max_length").isJsonNull()) {
      options = options.withTruncation(Truncation.to(c.get("max_length").getAsInt()));
    }
    Encoding found =
        tokenizer.encodeWordPair(
            List.of(value(c, "first", String[].class)),
            List.of(value(c, "second", String[].class)),
            options);
    assertArrayEquals(value(c, "ids", int[].class), found.ids(), c.toString());
    assertArrayEquals(value(c, "type_ids", int[].class), found.typeIds(), c.toString());
    assertArrayEquals(withNone(c, "word_ids"), found.wordIds(), c.toString());
    assertArrayEquals(withNone(c, "sequence_ids"), found.sequenceIds(), c.toString());
    int[][] offsets = value(c, "offsets", int[][].class);
    for (int i = 0; i < offsets.length; i++) {
      assertEquals(offsets[i][0], found.start(i), c.toString());
      assertEquals(offsets[i][1], found.end(i), c.toString());
    }
  }

  private static <T> T value(JsonObject c, String key, Class<T> type) {
    return new Gson().fromJson(c.get(key), type);
  }

  private static int[] withNone(JsonObject c, String key) {
    List<JsonElement> values = c.getAsJsonArray(key).asList();
    return IntStream.range(0, values.size())
        .map(i -> values.get(i).isJsonNull() ? -1 : values.get(i).getAsInt())
        .toArray();
  }
}
