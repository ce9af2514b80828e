package io.github.modernbert.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where a token comes from, and where it goes. */
final class TokenTest extends HubCase {
  @BeforeEach
  void commit() {
    hub.commit("main", FakeHub.smallModel());
  }

  private Set<String> tokens(String server) {
    return hub.requests.stream()
        .filter(request -> request.server().equals(server))
        .map(FakeHub.Request::token)
        .collect(Collectors.toSet());
  }

  @Test
  void theTokenGoesToTheHubAndNotWhereItRedirects() {
    environment.put("HF_TOKEN", " hf_secret\n");
    snapshot();
    assertEquals(Set.of("Bearer hf_secret"), tokens("hub"));
    assertEquals(Set.of("null"), tokens("storage"));
  }

  @Test
  void theStoredTokenIsUsed() throws IOException {
    Path file = folder.resolve("home/.cache/huggingface/token");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "hf_stored\n");
    snapshot();
    assertEquals(Set.of("Bearer hf_stored"), tokens("hub"));
    Path other = Files.writeString(folder.resolve("other"), "hf_other");
    environment.put("HF_TOKEN_PATH", other.toString());
    hub.requests.clear();
    snapshot();
    assertEquals(Set.of("Bearer hf_other"), tokens("hub"));
    environment.put("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1");
    hub.requests.clear();
    snapshot();
    assertEquals(Set.of("null"), tokens("hub"));
    hub.requests.clear();
    builder().token("hf_given").build().snapshot(FakeHub.NAME);
    assertEquals(Set.of("Bearer hf_given"), tokens("hub"));
  }

  @Test
  void aTokenThatIsNoneIsNotShown() {
    environment.put("HF_TOKEN", "hf_sec\nret");
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, this::snapshot);
    assertFalse(String.valueOf(e.getMessage()).contains("ret"), e.getMessage());
    assertTrue(String.valueOf(e.getMessage()).contains("token"), e.getMessage());
    assertEquals(0, hub.requests.size());
  }

  @Test
  void readingTheTokenOnAnInterruptedThreadIsCancelled() throws IOException {
    Path file = Files.writeString(folder.resolve("other"), "hf_other");
    environment.put("HF_TOKEN_PATH", file.toString());
    Thread.currentThread().interrupt();
    try {
      assertThrows(CancellationException.class, this::snapshot);
    } finally {
      assertTrue(Thread.interrupted());
    }
  }
}
