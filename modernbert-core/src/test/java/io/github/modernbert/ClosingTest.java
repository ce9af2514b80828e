package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.modernbert.testdata.Latches;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls and streams that have begun end as if the model had not been closed meanwhile. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ClosingTest {
  private static final LoadOptions SMALL = LoadOptions.defaults().threads(2).tokenBudget(64);
  private static final List<String> TEXTS =
      IntStream.range(0, 200).mapToObj(i -> "warm bread and rain " + i).toList();

  @Test
  void aCallOfManyBatches() throws InterruptedException, ExecutionException {
    Embeddings expected;
    try (var embedder = TextEmbedder.bundled(SMALL)) {
      expected = embedder.embed(TEXTS);
    }
    var embedder = TextEmbedder.bundled(SMALL);
    var begun = new CountDownLatch(1);
    var closed = new CountDownLatch(1);
    EmbedOptions options =
        EmbedOptions.defaults()
            .progress(progress -> {
              begun.countDown();
              Latches.await(closed);
            });
    var call = new FutureTask<>(() -> embedder.embed(TEXTS, options));
    Thread.ofPlatform().start(call);
    begun.await();
    embedder.close();
    var e = assertThrows(IllegalStateException.class, () -> embedder.embed("a"));
    assertEquals("the model modernbert-mini is closed", e.getMessage());
    closed.countDown();
    for (int i = 0; i < TEXTS.size(); i++) {
      assertArrayEquals(expected.vector(i), call.get().vector(i));
    }
    assertThrows(IllegalStateException.class, () -> embedder.embed(List.of()));
  }

  @Test
  void aStreamThatHasBegun() {
    var embedder = TextEmbedder.bundled(SMALL);
    List<String> texts = Stream.generate(() -> TEXTS).limit(20).flatMap(List::stream).toList();
    try (Stream<Embedding> begun = embedder.embed(texts.stream(), EmbedOptions.defaults());
        Stream<Embedding> late = embedder.embed(texts.stream(), EmbedOptions.defaults())) {
      Iterator<Embedding> results = begun.iterator();
      float[] first = results.next().vector();
      embedder.close();
      for (int i = 1; i < texts.size(); i++) {
        float[] vector = results.next().vector();
        if (i % TEXTS.size() == 0) {
          assertArrayEquals(first, vector);
        }
      }
      assertEquals(false, results.hasNext());
      assertThrows(IllegalStateException.class, late::count);
    }
  }

  @Test
  void aModelThatACallbackOfItsOwnCallCloses() {
    var embedder = TextEmbedder.bundled(SMALL);
    EmbedOptions options = EmbedOptions.defaults().progress(progress -> embedder.close());
    assertEquals(TEXTS.size(), embedder.embed(TEXTS, options).size());
    assertThrows(IllegalStateException.class, () -> embedder.embed("a"));
  }

  @Test
  void aCallWithinACallbackOfAnother() {
    try (var embedder = TextEmbedder.bundled(SMALL)) {
      float[] expected = embedder.embed("a");
      EmbedOptions options =
          EmbedOptions.defaults()
              .progress(progress -> assertArrayEquals(expected, embedder.embed("a")));
      assertEquals(TEXTS.size(), embedder.embed(TEXTS, options).size());
    }
  }
}
