package io.github.modernbert.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.modernbert.Models;
import io.github.modernbert.Similarity;
import io.github.modernbert.TaskModel;
import io.github.modernbert.TextEmbedder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The examples of the Javadoc, and models by name from the network to the vector. The POM sets the
 * variables so that the examples find a model in an own cache and ask no real hub.
 */
final class SnippetsTest {
  private static final Path MINI =
      Path.of(System.getProperty("modernbert.root", "../.."))
          .resolve("modernbert-mini/src/main/resources/META-INF/modernbert-mini");

  private static Path models = Path.of("");

  @TempDir private static Path folder;

  /** Downloads the bundled model from the loopback hub, and lets it be the one of the examples. */
  @BeforeAll
  static void fillCache() throws IOException {
    assertEquals("1", System.getenv("HF_HUB_OFFLINE"), "the POM sets it");
    models = Path.of(System.getenv("HF_HUB_CACHE"));
    assertEquals("hub-cache", models.getFileName().toString(), "the POM sets it");
    try (var hub = new FakeHub()) {
      hub.commit("main", FakeHub.folder(MINI));
      HubClient.builder(Map.of(), folder)
          .endpoint(hub.endpoint())
          .cache(folder)
          .build()
          .snapshot(FakeHub.NAME);
    }
    Path target = models.resolve("models--nomic-ai--modernbert-embed-base");
    for (String file : HubCase.tree(folder.resolve("models--organisation--model"))) {
      Path to = target.resolve(file);
      Files.createDirectories(to.getParent());
      Files.deleteIfExists(to);
      Files.move(folder.resolve("models--organisation--model").resolve(file), to);
    }
  }

  @Test
  void byName() {
    // @start region="by-name"
    try (var embedder = TextEmbedder.load("nomic-ai/modernbert-embed-base")) {
      float[] bakery = embedder.embed("search_query: Where is the bakery?");
      float[] bread = embedder.embed("search_document: Bread is sold around the corner.");
      System.out.println(Similarity.cosine(bakery, bread));
    }
    // @end
    try (var byName = TextEmbedder.load("nomic-ai/modernbert-embed-base@main");
        var bundled = TextEmbedder.bundled()) {
      assertArrayEquals(bundled.embed("The same bits."), byName.embed("The same bits."));
    }
  }

  @Test
  void client() {
    // @start region="client"
    HubClient hub =
        HubClient.builder()
            .cache(models)
            .progress(p -> System.out.printf("%s: %d of %d%n", p.file(), p.done(), p.total()))
            .build();
    Path model = hub.snapshot("nomic-ai/modernbert-embed-base");
    try (TaskModel loaded = Models.load(model)) {
      System.out.println(loaded.info().steps());
    }
    // @end
    assertEquals(model, Models.locate("nomic-ai/modernbert-embed-base", hub));
    assertEquals(List.of(model), hub.locate("nomic-ai/modernbert-embed-base").stream().toList());
  }
}
