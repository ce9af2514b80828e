package io.github.modernbert.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faults of such software that users reported, tried on the folder of the bundled model. */
class ReportedCasesTest {
  private static final String TOKENIZER = "tokenizer.json";
  private static final String CONFIG = "tokenizer_config.json";

  @TempDir Path folder;

  @BeforeEach
  void copyBundledTokenizer() throws IOException {
    Path bundled =
        Golden.project().resolve("modernbert-mini/src/main/resources/META-INF/modernbert-mini");
    Files.copy(bundled.resolve(TOKENIZER), folder.resolve(TOKENIZER));
  }

  private int[] ids(String config, String text) throws IOException {
    Files.writeString(folder.resolve(CONFIG), config);
    return Tokenizer.load(folder).encode(text, EncodeOptions.plain()).ids();
  }

  /** Case 4. */
  @Test
  void truncationThatTheFileStoresTellsTheSide() throws IOException {
    Path file = folder.resolve(TOKENIZER);
    String json =
        Files.readString(file)
            .replaceFirst(
                "\"truncation\": *null",
                "\"truncation\":{\"direction\":\"Left\",\"max_length\":512,"
                    + "\"strategy\":\"LongestFirst\",\"stride\":0}");
    Files.writeString(file, json);
    Tokenizer tokenizer = Tokenizer.load(folder);
    assertEquals(Direction.LEFT, tokenizer.settings().truncationSide());
    var cut =
        new Truncation(
            8, 0, Truncation.Strategy.LONGEST_FIRST, tokenizer.settings().truncationSide());
    String text = "one two three four five six seven eight nine ten eleven twelve";
    assertArrayEquals(
        new int[] {1, 4055, 3718, 5549, 2447, 10908, 7304, 2},
        tokenizer.encode(text, EncodeOptions.plain().withTruncation(cut)).ids());
  }

  /** Case 5. */
  @Test
  void flagsOfTheConfigChangeAddedTokens() throws IOException {
    String config =
        """
        {"added_tokens_decoder": {"4": {"content": "[MASK]", "lstrip": true, "rstrip": false,
         "normalized": false, "single_word": false, "special": true}}}
        """;
    assertArrayEquals(new int[] {1, 15675, 311, 4, 18, 2}, ids(config, "paris is [MASK]."));
  }

  /** Case 6. */
  @Test
  void additionalSpecialTokensAreAdded() throws IOException {
    assertArrayEquals(
        new int[] {1, 15675, 225, 20480, 311, 2},
        ids("{\"additional_special_tokens\": [\"<extra>\"]}", "paris <extra> is"));
  }

  /** Named tokens of a model are special tokens too, as in transformers 5.23. */
  @Test
  void tokensOfAModelAreAdded() throws IOException {
    int[] expected = ids("{\"extra_special_tokens\": {\"x\": \"is\"}}", "paris is a");
    assertArrayEquals(
        expected, ids("{\"model_specific_special_tokens\": {\"x\": \"is\"}}", "paris is a"));
    assertFalse(Arrays.equals(ids("{}", "paris is a"), expected));
  }

  /** Case 7. */
  @Test
  void specialTokensAreSplitIfTheConfigSaysSo() throws IOException {
    int[] split = {1, 69, 1854, 338, 84, 65, 278, 2};
    assertArrayEquals(split, ids("{\"split_special_tokens\": true}", "a [SEP] b"));
    assertArrayEquals(new int[] {1, 69, 225, 2, 278, 2}, ids("{}", "a [SEP] b"));
    EncodeOptions options = EncodeOptions.plain().withSplitSpecialTokens(true);
    assertArrayEquals(split, Tokenizer.load(folder).encode("a [SEP] b", options).ids());
  }
}
