package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class AsyncModelTest {
  @Test
  void manyCallsAtOnceGiveWhatEachGivesAlone() {
    List<String> texts =
        IntStream.range(0, 40).mapToObj(i -> "bread ".repeat(1 + i % 13) + i).toList();
    try (var embedder = TextEmbedder.bundled(LoadOptions.defaults().threads(2));
        var calls = AsyncModel.of(embedder, 100)) {
      var results = new ArrayList<CompletableFuture<float[]>>();
      for (String text : texts) {
        results.add(calls.submit(model -> model.embed(text)));
      }
      for (int i = 0; i < texts.size(); i++) {
        assertArrayEquals(embedder.embed(texts.get(i)), results.get(i).join(), texts.get(i));
      }
      assertEquals(0, calls.pending());
    }
  }

  @Test
  void callsBeyondTheLimitAreRejected() {
    var hold = new CountDownLatch(1);
    try (AsyncModel<String> calls = AsyncModel.of("model", 2)) {
      CompletableFuture<String> first = calls.submit(model -> await(hold, model));
      CompletableFuture<String> second = calls.submit(model -> await(hold, model));
      var e =
          assertThrows(RejectedExecutionException.class, () -> calls.submit(model -> "a third"));
      assertEquals("2 calls are under way, which is the limit", e.getMessage());
      assertEquals(2, calls.pending());
      hold.countDown();
      assertEquals("model", first.join());
      assertEquals("model", second.join());
      assertEquals("a third", calls.submit(model -> "a third").join());
    }
  }

  private static String await(CountDownLatch latch, String result) {
    try {
      latch.await();
      return result;
    } catch (InterruptedException e) {
      throw new CancellationException("interrupted");
    }
  }

  @Test
  void failuresAreTheFuturesOwn() {
    try (AsyncModel<String> calls = AsyncModel.of("model", 1)) {
      CompletableFuture<Integer> failed = calls.submit(Integer::valueOf);
      var e = assertThrows(CompletionException.class, failed::join);
      assertTrue(e.getCause() instanceof NumberFormatException);
      assertEquals(5, calls.submit(String::length).join());
    }
  }

  @Test
  void cancellingEndsTheCall() throws InterruptedException {
    var started = new CountDownLatch(1);
    var ended = new CountDownLatch(1);
    try (AsyncModel<String> calls = AsyncModel.of("model", 1)) {
      CompletableFuture<String> result =
          calls.submit(model -> {
            started.countDown();
            try {
              return await(new CountDownLatch(1), model);
            } finally {
              ended.countDown();
            }
          });
      started.await();
      assertTrue(result.cancel(true));
      ended.await();
      assertThrows(CancellationException.class, result::join);
    }
  }

  @Test
  void closingWaitsForCallsAndRefusesOthers() {
    var hold = new CountDownLatch(1);
    AsyncModel<String> calls = AsyncModel.of("model", 5);
    CompletableFuture<String> result = calls.submit(model -> await(hold, model));
    var closer = Thread.ofPlatform().start(calls::close);
    while (closer.getState() != Thread.State.WAITING
        && closer.getState() != Thread.State.TIMED_WAITING) {
      Thread.yield();
    }
    assertThrows(RejectedExecutionException.class, () -> calls.submit(String::length));
    hold.countDown();
    assertEquals("model", result.join());
    assertEquals(0, calls.pending());
  }

  @Test
  void badArgumentsAreNamed() {
    assertThrows(IllegalArgumentException.class, () -> AsyncModel.of("model", 0));
  }
}
