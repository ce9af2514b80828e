package io.github.modernbert.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
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

  /** As {@code SentenceTransformer} of version 6.2.0 hands it to the client, unexpanded. */
  @Test
  void theFolderOfSentenceTransformersComesFirst() {
    assertCache("/st", "SENTENCE_TRANSFORMERS_HOME", "/st", "HF_HUB_CACHE", "/c");
    assertCache("$X/~", "SENTENCE_TRANSFORMERS_HOME", "$X/~", "X", "/a");
    assertCache("/c", "SENTENCE_TRANSFORMERS_HOME", "", "HF_HUB_CACHE", "/c");
  }

  /** As {@code huggingface_hub.constants} of version 2.4.0 has it with the same variables. */
  @Test
  void pathsAreExpanded() {
    assertCache("/h/.cache/huggingface/hub", "HOME", "/h/");
    assertCache("/.cache/huggingface/hub", "HOME", "");
    assertCache("/h/x/huggingface/hub", "HOME", "/h", "XDG_CACHE_HOME", "~/x");
    assertCache("/a/x/hub", "HF_HOME", "$BASE/x", "BASE", "/a");
    assertCache("/a1/x/hub", "HF_HOME", "${BASE}1/x", "BASE", "/a");
    assertCache("$BASE/${}/$-/${x/hub", "HF_HOME", "$BASE/${}/$-/${x");
    assertCache("~/x", "HF_HUB_CACHE", "$BASE/x", "BASE", "~");
    assertCache("/a/hf/hub", "HF_HOME", "$BASE/hf", "BASE", "$X", "X", "/a");
    assertCache("/a/c", "HF_HUB_CACHE", "$BASE/c", "BASE", "/a");
    assertCache("/h/c", "HUGGINGFACE_HUB_CACHE", "~/c", "HOME", "/h");
    assertCache("/h", "HUGGINGFACE_HUB_CACHE", "~", "HOME", "/h");
    assertCache("~no one/c", "HF_HUB_CACHE", "~no one/c", "HOME", "/h");
  }

  @Test
  void theFolderOfAUserIsExpanded() {
    assumeTrue(Files.isReadable(Path.of("/etc/passwd")));
    assertCache("/root/c", "HF_HUB_CACHE", "~root/c", "HOME", "/h");
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
            Map.entry("HF_ENDPOINT", "https://name:secret@x"),
            Map.entry("HF_HUB_ETAG_TIMEOUT", "soon"))) {
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
    HubSettings settings = settings("HTTPS_PROXY", "http://p:8080", "http_proxy", "q");
    assertEquals("p:8080", proxy(settings, "https://huggingface.co/x"));
    assertEquals("q:80", proxy(settings, "http://huggingface.co/x"));
    HubSettings all = settings("ALL_PROXY", "http://a:1", "no_proxy", "x,*");
    assertEquals("none", proxy(all, "https://huggingface.co/x"));
    assertEquals("a:1", proxy(settings("all_proxy", "http://a:1"), "https://huggingface.co/x"));
    HubSettings small = settings("HTTPS_PROXY", "http://p:8080", "https_proxy", "");
    assertEquals("none", proxy(small, "https://huggingface.co/x"));
    HubSettings cgi = settings("HTTP_PROXY", "http://p:8080", "REQUEST_METHOD", "GET");
    assertEquals("none", proxy(cgi, "http://huggingface.co/x"));
  }

  /** As {@code httpx2._utils} of version 2.16.2 has it. */
  @Test
  void hostsWithoutProxy() {
    for (String[] example :
        new String[][] {
          {"example.com", "https://example.com", "http://www.example.com", "!https://wexample.com"},
          {".example.com", "https://www.example.com", "!https://example.com"},
          {"*.example.com", "https://www.example.com", "!https://example.com"},
          {"Example.COM", "https://EXAMPLE.com"},
          {"localhost", "http://localhost:77", "!http://x.localhost"},
          {"10.0.0.1", "http://10.0.0.1:5", "!http://10.0.0.10"},
          {"10.0.0.1:99", "http://10.0.0.1:99", "!http://10.0.0.1"},
          {"10.1.0.0/15", "http://10.0.9.9", "http://10.1.2.3", "!http://10.2.0.1"},
          {"10.0.0.0/8", "!http://10.example.com", "!http://11.0.0.1"},
          {"::1", "http://[::1]:8", "!http://[::2]"},
          {"[::1]", "http://[0:0::1]", "!http://[::2]"},
          {"fe80::/10", "http://[fe81::7]", "!http://[ff80::]"},
          {"https://example.com", "https://example.com", "!http://example.com"},
          {"x/y,10.0.0.0/99,::/999,]", "!http://x", "!http://10.0.0.0"}
        }) {
      HubSettings settings = settings("ALL_PROXY", "http://a:1", "NO_PROXY", "z, " + example[0]);
      for (String uri : List.of(example).subList(1, example.length)) {
        boolean proxied = uri.startsWith("!");
        assertEquals(
            proxied ? "a:1" : "none",
            proxy(settings, uri.substring(proxied ? 1 : 0) + "/x"),
            example[0] + " " + uri);
      }
    }
  }

  @Test
  void proxiesThatCannotBeUsedAreRefusedWhenTheyAreNeeded() {
    for (String address :
        List.of(
            "socks5://u:secret@x:1",
            "socks5h://secret@x:1",
            "https://secret@x",
            "ht tp://secret")) {
      HubSettings settings = settings("All_Proxy", address, "NO_PROXY", "mirror.example");
      assertEquals("none", proxy(settings, "https://mirror.example/x"));
      var e = assertThrows(HubException.class, () -> proxy(settings, "https://huggingface.co/x"));
      String message = String.valueOf(e.getMessage());
      assertTrue(message.startsWith("All_Proxy: "), message);
      assertEquals(address.startsWith("socks"), message.contains("SOCKS"), message);
      assertFalse(message.contains("secret"), message);
    }
  }

  @Test
  void aProxyIsGivenItsPassword() {
    URI uri = URI.create("https://huggingface.co/x");
    HubSettings settings = settings("https_proxy", "http://me:a%40+b@p:1");
    assertEquals("p:1", proxy(settings, uri.toString()));
    assertEquals(
        "Basic " + Base64.getEncoder().encodeToString("me:a@+b".getBytes(StandardCharsets.UTF_8)),
        settings.proxies().authorization(uri).orElseThrow());
    assertTrue(settings.proxies().authorization(URI.create("http://x")).isEmpty());
    assertTrue(settings("https_proxy", "http://p:1").proxies().authorization(uri).isEmpty());
  }
}
