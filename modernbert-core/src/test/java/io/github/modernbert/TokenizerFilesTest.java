package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files beside {@code tokenizer.json} reach the classes of tasks. */
class TokenizerFilesTest {
  @TempDir Path folder;

  private TextEmbedder load(String tokenizerConfig) throws IOException {
    Path bundled =
        Golden.project().resolve("modernbert-mini/src/main/resources/META-INF/modernbert-mini");
    for (String file : new String[] {"config.json", "model.safetensors", "tokenizer.json"}) {
      Files.copy(bundled.resolve(file), folder.resolve(file));
    }
    Files.writeString(folder.resolve("tokenizer_config.json"), tokenizerConfig);
    return TextEmbedder.load(folder);
  }

  @Test
  void aTokenWithoutEmbeddingIsAnErrorThatSaysSo() throws IOException {
    try (TextEmbedder embedder = load("{\"additional_special_tokens\": [\"<extra>\"]}")) {
      assertEquals(20480, embedder.tokenizer().tokenToId("<extra>").orElseThrow());
      assertEquals(1, embedder.embed(java.util.List.of("paris is")).size());
      var e =
          assertThrows(IllegalArgumentException.class, () -> embedder.embed("paris <extra> is"));
      String message = String.valueOf(e.getMessage());
      assertTrue(message.contains("20480") && message.contains("20479"), message);
    }
  }

  @Test
  void specialTokensOfTextsAreSplitIfTheFolderSaysSo() throws IOException {
    try (TextEmbedder embedder = load("{\"split_special_tokens\": true}")) {
      int[] ids = embedder.tokenizer().encode("a [SEP] b").ids();
      assertArrayEquals(new int[] {1, 69, 1854, 338, 84, 65, 278, 2}, ids);
      assertEquals(ids.length, embedder.embed(java.util.List.of("a [SEP] b")).tokens(0));
    }
  }
}
