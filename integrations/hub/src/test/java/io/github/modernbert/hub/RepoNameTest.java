package io.github.modernbert.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the syntax of models' names and of patterns. */
final class RepoNameTest {
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  @Test
  void names() {
    for (String name :
        List.of(
            "answerdotai/ModernBERT-base",
            "gpt2",
            "a/b",
            "A_1/b.c-d",
            "a/b@v1.0",
            "a/b@refs/pr/12",
            "a/b@feature/x",
            "a/b@" + COMMIT)) {
      assertEquals(name, RepoName.parse(name).orElseThrow().toString());
    }
    assertEquals("main", RepoName.parse("a/b").orElseThrow().revision());
    assertTrue(RepoName.parse("a/b@" + COMMIT).orElseThrow().isPinned());
    assertEquals("models--a--b", RepoName.parse("a/b@x").orElseThrow().folderName());
    assertEquals("models--gpt2", RepoName.parse("gpt2").orElseThrow().folderName());
  }

  @Test
  void notNames() {
    for (String name :
        List.of(
            "",
            "/",
            "a/",
            "/a",
            "a/b/c",
            "..",
            "a/..",
            "../a",
            "./a",
            ".a/b",
            "a/b.",
            "-a/b",
            "a--b/c",
            "a/b..c",
            "a/b.git",
            "a b",
            "a\\b",
            "C:\\a",
            "a/\u00e9",
            "a/b\n",
            "x".repeat(97),
            "a/b@",
            "a/b@/x",
            "a/b@x/",
            "a/b@..",
            "a/b@x/../y",
            "a/b@.hidden",
            "a/b@x.lock",
            "a/b@x y",
            "a/b@x:y",
            "a/b@x\\y",
            "a/b@x\0",
            "a/b@" + "x".repeat(201))) {
      assertTrue(RepoName.parse(name).isEmpty(), name);
    }
  }

  private static boolean fits(String pattern, String path) {
    return new FilePatterns(List.of("nothing", pattern)).matches(path);
  }

  @Test
  void patterns() {
    assertTrue(fits("*.json", "1_Pooling/config.json"));
    assertTrue(fits("onnx/", "onnx/model.onnx"));
    assertTrue(fits("model?.bin", "model1.bin"));
    assertTrue(fits("[0-9]_*/x", "1_Pooling/x"));
    assertTrue(fits("[!0-9]x", "ax"));
    assertTrue(fits("a[x", "a[x"));
    assertTrue(fits("a.(b)\\E+", "a.(b)\\E+"));
    assertFalse(fits("[!0-9]x", "1x"));
    assertFalse(fits("*.json", "config.json5"));
    assertFalse(fits("a.b", "axb"));
    assertFalse(fits("onnx/", "onnx"));
  }
}
