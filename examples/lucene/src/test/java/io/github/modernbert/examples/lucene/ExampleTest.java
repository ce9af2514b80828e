package io.github.modernbert.examples.lucene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.TextEmbedder;
import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The texts that come with the example, searched with the bundled model. */
final class ExampleTest {
  private static final String SHOES = "Where can I get my shoes repaired?";

  @TempDir private static Path temporary;

  private static Path index;
  private static TextEmbedder embedder;
  private static PassageSearcher searcher;

  @BeforeAll
  static void index() throws IOException {
    index = temporary.resolve("index");
    embedder = TextEmbedder.bundled();
    var texts = new TextFolder(Golden.project().resolve("examples/lucene/texts"));
    int count = PassageIndex.write(index, texts, new PromptedEmbedder(embedder));
    assertTrue(count > texts.files().size(), count + " passages");
    searcher = PassageSearcher.open(index, new PromptedEmbedder(embedder));
  }

  @AfterAll
  static void close() throws IOException {
    searcher.close();
    embedder.close();
  }

  private static List<String> search(SearchMode mode, int count, String query) throws IOException {
    return names(searcher.search(query, mode, count));
  }

  private static List<String> names(List<Hit> hits) {
    return hits.stream().map(h -> h.passage().file() + " #" + h.passage().number()).toList();
  }

  @Test
  void vectorsFindWhatIsSaidInOtherWords() throws IOException {
    // "footwear", "heels" and "soles", but neither "shoes" nor "repaired".
    assertEquals("repairs.txt #1", search(SearchMode.vector, 5, SHOES).getFirst());
    assertFalse(search(SearchMode.bm25, 5, SHOES).contains("repairs.txt #1"));
  }

  @Test
  void hybridHasTheBestOfBothAndNothingTwice() throws IOException {
    assertTrue(search(SearchMode.hybrid, 5, SHOES).contains("repairs.txt #1"));
    assertEquals("winter.txt #2", search(SearchMode.bm25, 5, "skate").getFirst());
    assertEquals("winter.txt #2", search(SearchMode.hybrid, 5, "skate").getFirst());
    List<String> all = search(SearchMode.hybrid, 100, "library books");
    assertEquals(all.size(), all.stream().distinct().count());
  }

  @Test
  void stopWordsAloneFindNothingByWordsAndDoNoHarm() throws IOException {
    assertEquals(List.of(), search(SearchMode.bm25, 5, "the"));
    assertEquals(5, search(SearchMode.hybrid, 5, "the").size());
  }

  @Test
  void rerankingPutsFirstWhatSpeaksOfEverythingAskedFor() throws IOException {
    List<Hit> hits = searcher.search(SHOES, SearchMode.hybrid, 8);
    assertFalse(names(hits).getFirst().equals("repairs.txt #1"));
    try (var reranker = new Reranker.TokenVectors(embedder)) {
      assertEquals("repairs.txt #1", names(reranker.rerank(SHOES, hits)).getFirst());
      assertEquals(List.of(), reranker.rerank(SHOES, List.of()));
    }
  }

  @Test
  void rerankersAreCrossEncodersOrLateInteraction() throws IOException {
    List<Hit> hits = searcher.search(SHOES, SearchMode.hybrid, 7);
    for (String model : List.of("tasks/reranker-prompts", "multi-vector/pylate")) {
      Path folder = Golden.project().resolve("src-test-data/golden-extra").resolve(model);
      try (Reranker reranker = Reranker.load(folder)) {
        List<Hit> ranked = reranker.rerank(SHOES, hits);
        assertEquals(
            names(hits).stream().sorted().toList(), names(ranked).stream().sorted().toList());
        for (int i = 1; i < ranked.size(); i++) {
          assertTrue(ranked.get(i - 1).score() >= ranked.get(i).score(), ranked.toString());
        }
      }
    }
  }

  @Test
  void commandsTakeTheirOptions() {
    Run run = Run.of("search", "--index", index, "--top", 2, "--rerank", "--candidates", 3, SHOES);
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(2, run.lines().size());
    assertTrue(run.lines().getFirst().matches("0\\.\\d{4}  \\w+\\.txt #\\d  .*"), run.toString());
  }

  @Test
  void mistakesAreNamed() throws IOException {
    Run missing = Run.of("search", "--index", temporary.resolve("nothing"), SHOES);
    assertEquals(1, missing.exitCode());
    assertTrue(missing.err().endsWith("nothing: there is no index; make one first"), missing.err());

    Path other = Golden.folders("sentence-transformers", "1_Pooling").getFirst();
    Run foreign = Run.of("search", "--index", index, "--model", other, SHOES);
    assertTrue(foreign.err().contains("was made with another model"), foreign.err());

    Run folder = Run.of("index", temporary.resolve("nothing"), "--model", other);
    assertTrue(folder.err().endsWith("nothing is not a folder"), folder.err());

    Path empty = Files.createDirectories(temporary.resolve("empty"));
    Run nothing = Run.of("index", empty, "--model", other);
    assertEquals("run: there are no .txt or .md files below " + empty, nothing.err());

    Run none = Run.of("search", "--index", empty, SHOES);
    assertTrue(none.err().endsWith("empty: there is no index; make one first"), none.err());

    Path latin = Files.createDirectories(temporary.resolve("latin"));
    Files.write(latin.resolve("a.txt"), new byte[] {(byte) 0xE9});
    Run before = Run.of("search", "--index", index, "--top", 1, SHOES);
    Run text = Run.of("index", latin, "--index", index, "--model", other);
    assertTrue(text.err().endsWith("a.txt is not text in UTF-8"), text.err());
    assertEquals(before, Run.of("search", "--index", index, "--top", 1, SHOES));

    Run top = Run.of("search", "--index", index, "--top", 0, SHOES);
    assertEquals(2, top.exitCode());
    assertTrue(top.err().startsWith("--top must be at least 1, found 0"), top.err());
  }

  @Test
  void passagesAreParagraphsWithTheirHeadings() {
    assertEquals(List.of("Title One. Two."), TextFolder.split("Title\n\nOne.\nTwo.\n"));
    String sentence = "X".repeat(300) + ". ";
    assertEquals(
        List.of((sentence + sentence).strip(), sentence.strip()),
        TextFolder.split(sentence.repeat(3)));
    assertEquals(List.of(), TextFolder.split(" \n\n \n"));
  }
}
