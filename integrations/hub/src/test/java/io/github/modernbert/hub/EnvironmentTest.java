package io.github.modernbert.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Proxy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Variables mean what they mean to the Python client. */
final class EnvironmentTest {
  private static final Path HOME = Path.of("/home/user");

  private static HubSettings settings(String... variables) {
    var environment = new HashMap<String, String>();
    for (int i = 0; i < variables.length; i += 2) {
      environment.put(variables[i], variables[i + 1]);
    }
    return new HubEnvironment(environment, HOME).settings();
  }

  private static void assertCache(String expected, String... variables) {
    assertEquals(Path.of(expected), settings(variables).cache());
  }

  @Test
  void theCacheIsWhereThePythonClientHasIt() {
    assertCache("/home/user/.cache/huggingface/hub");
    assertCache("/x/huggingface/hub", "XDG_CACHE_HOME", "/x");
    assertCache("/h/hub", "XDG_CACHE_HOME", "/x", "HF_HOME", "/h");
    assertCache("/home/user/h/hub", "HF_HOME", "~/h");
    assertCache("/old", "HF_HOME", "/h", "HUGGINGFACE_HUB_CACHE", "/old");
    assertCache("/c", "HF_HOME", "/h", "HUGGINGFACE_HUB_CACHE", "/old", "HF_HUB_CACHE", "/c");
    assertCache("/home/user/.cache/huggingface/hub", "HF_HOME", "");
  }

  @Test
  void otherSettings() {
    HubSettings none = settings();
    assertEquals(URI.create("https://huggingface.co"), none.endpoint());
    assertFalse(none.offline());
    assertTrue(none.symlinks());
    assertEquals(Duration.ofSeconds(10), none.readTimeout());
    assertEquals(
        URI.create("https://mirror.example/hub"),
        settings("HF_ENDPOINT", "https://mirror.example/hub/").endpoint());
    for (String yes : List.of("1", "on", "Yes", "TRUE")) {
      assertTrue(settings("HF_HUB_OFFLINE", yes).offline(), yes);
      assertTrue(settings("TRANSFORMERS_OFFLINE", yes).offline(), yes);
    }
    assertFalse(settings("HF_HUB_OFFLINE", "0", "TRANSFORMERS_OFFLINE", "1").offline());
    assertFalse(settings("HF_HUB_DISABLE_SYMLINKS", "1").symlinks());
    assertEquals(Duration.ofSeconds(3), settings("HF_HUB_DOWNLOAD_TIMEOUT", "3").readTimeout());
    assertEquals(Duration.ofSeconds(4), settings("HF_HUB_ETAG_TIMEOUT", "4").answerTimeout());
  }

  @Test
  void valuesThatCannotBeUsedAreNamed() {
    for (Map.Entry<String, String> wrong :
        List.of(
            Map.entry("HF_ENDPOINT", "not an address"),
            Map.entry("HF_ENDPOINT", "ftp://x"),
            Map.entry("HF_ENDPOINT", "huggingface.co"),
            Map.entry("HF_HUB_ETAG_TIMEOUT", "soon"),
            Map.entry("https_proxy", "socks5://secret@x:1"))) {
      var e =
          assertThrows(
              IllegalArgumentException.class, () -> settings(wrong.getKey(), wrong.getValue()));
      String message = String.valueOf(e.getMessage());
      assertTrue(message.startsWith(wrong.getKey() + ": "), message);
      assertFalse(message.contains("secret"), message);
    }
  }

  private static String proxy(HubSettings settings, String uri) {
    Proxy proxy = settings.proxies().select(URI.create(uri)).getFirst();
    return proxy.address() == null ? "none" : proxy.address().toString().replaceAll("/<.*>", "");
  }

  @Test
  void proxies() {
    HubSettings settings =
        settings(
            "HTTPS_PROXY", "http://p:8080",
            "http_proxy", "q",
            "NO_PROXY", "localhost, .intern.example,10.0.0.1:99");
    assertEquals("p:8080", proxy(settings, "https://huggingface.co/x"));
    assertEquals("q:80", proxy(settings, "http://huggingface.co/x"));
    assertEquals("none", proxy(settings, "http://localhost:77/x"));
    assertEquals("none", proxy(settings, "https://hub.intern.example/x"));
    assertEquals("none", proxy(settings, "http://10.0.0.1:99/x"));
    assertEquals("q:80", proxy(settings, "http://10.0.0.1/x"));
    HubSettings all = settings("ALL_PROXY", "http://a:1", "no_proxy", "*");
    assertEquals("none", proxy(all, "https://huggingface.co/x"));
    assertEquals("a:1", proxy(settings("all_proxy", "http://a:1"), "https://huggingface.co/x"));
  }
}
