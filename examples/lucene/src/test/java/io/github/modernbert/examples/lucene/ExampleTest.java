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
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
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
    int files = texts.files().size();
    PassageIndex.Outcome outcome =
        PassageIndex.write(index, texts, new PromptedEmbedder(embedder), Assertions::fail);
    assertEquals(new PassageIndex.Outcome(outcome.passages(), files, 0), outcome);
    assertTrue(outcome.passages() > files, outcome.toString());
    searcher = PassageSearcher.open(index, Optional.of(new PromptedEmbedder(embedder)));
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

    Run top = Run.of("search", "--index", index, "--top", 0, SHOES);
    assertEquals(2, top.exitCode());
    assertTrue(top.err().startsWith("--top must be at least 1, found 0"), top.err());
  }

  @Test
  void aSecondRunEmbedsOnlyWhatHasChanged() throws IOException {
    Path folder = Files.createDirectories(temporary.resolve("notes"));
    Files.writeString(folder.resolve("kept.txt"), "The heron waits in the reeds.");
    Files.writeString(folder.resolve("changed.txt"), "The old bridge is closed.");
    Files.writeString(folder.resolve("gone.txt"), "Nobody remembers the recipe.");
    Path notes = temporary.resolve("notes-index");
    Run first = Run.of("index", folder, "--index", notes);
    assertEquals(List.of("3 passages, 384 dimensions, " + notes), first.lines(), first.err());

    Files.writeString(folder.resolve("changed.txt"), "The bridge has reopened.");
    Files.delete(folder.resolve("gone.txt"));
    Files.writeString(folder.resolve("new.txt"), "Tickets are sold at the pier.");
    Run second = Run.of("index", folder, "--index", notes);
    assertEquals(
        List.of("3 passages, 384 dimensions, " + notes, "1 of 3 files had not changed"),
        second.lines(),
        second.err());
    assertEquals(
        1, Run.of("search", "--index", notes, "--mode", "bm25", "reopened").lines().size());
    assertEquals(0, Run.of("search", "--index", notes, "--mode", "bm25", "closed").lines().size());
    assertEquals(0, Run.of("search", "--index", notes, "--mode", "bm25", "recipe").lines().size());

    Path other = Golden.folders("sentence-transformers", "1_Pooling").getFirst();
    Run anew = Run.of("index", folder, "--index", notes, "--model", other);
    assertEquals(1, anew.lines().size(), anew.toString());
    assertTrue(anew.lines().getFirst().startsWith("3 passages, "), anew.toString());
  }

  @Test
  void filesThatAreNotTextAreSkippedWithALine() throws IOException {
    Path folder = Files.createDirectories(temporary.resolve("latin"));
    Path latin = folder.resolve("a.txt");
    Files.write(latin, new byte[] {(byte) 0xE9});
    Files.writeString(folder.resolve("b.txt"), "The heron waits in the reeds.");
    Run run = Run.of("index", folder, "--index", temporary.resolve("latin-index"));
    assertEquals(0, run.exitCode());
    assertEquals("run: skipped " + latin + ", which is not text in UTF-8", run.err());
    assertTrue(run.lines().getFirst().startsWith("1 passages, "), run.toString());
  }

  @Test
  void searchByWordsLoadsNoModel() {
    Path missing = temporary.resolve("no-model");
    Run run = Run.of("search", "--index", index, "--mode", "bm25", "--model", missing, "skate");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.lines().getFirst().contains("winter.txt #2"), run.toString());
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
