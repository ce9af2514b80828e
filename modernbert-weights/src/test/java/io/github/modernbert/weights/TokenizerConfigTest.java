package io.github.modernbert.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerConfigTest {
  @TempDir private Path folder;

  private TokenizerConfig read(String json) throws IOException {
    Files.writeString(folder.resolve(TokenizerConfig.FILE), json);
    return TokenizerConfig.read(folder);
  }

  @Test
  void tokensAreStringsOrObjects() throws IOException {
    TokenizerConfig config =
        read("{\"cls_token\": \"<s>\", \"unk_token\": {\"content\": \"<u>\", \"lstrip\": true}}");
    assertEquals(Optional.of("<s>"), config.clsToken());
    assertEquals(Optional.of("<u>"), config.unkToken());
    assertEquals(Optional.empty(), read("{\"cls_token\": null}").clsToken());
    Refusal.of(() -> read("{\"cls_token\": 7}"), TokenizerConfig.FILE, "cls_token", "a string");
    Refusal.of(() -> read("{\"unk_token\": {}}"), TokenizerConfig.FILE, "unk_token", "content");
  }

  @Test
  void withoutTheFileNothingIsKnown() {
    TokenizerConfig config = TokenizerConfig.read(folder);
    assertEquals(Optional.empty(), config.clsToken());
    assertEquals(Optional.empty(), config.unkToken());
    assertEquals(OptionalInt.empty(), config.modelMaxLength());
  }
}
