package io.github.modernbert.hub;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An answer's body, read by the thread that asked for it as it comes. The client's own streams wait
 * for ever when a server falls silent; this one does not.
 */
final class TimedBody implements BodySubscriber<TimedBody>, AutoCloseable {
  private static final int MOST_SKIPPED = 1 << 16;

  private final Duration timeout;
  private final CompletableFuture<TimedBody> started = new CompletableFuture<>();
  private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
  private volatile @Nullable Subscription subscription;
  private boolean ended;

  TimedBody(Duration timeout) {
    this.timeout = timeout;
  }

  /** Some bytes; none at the end, with the failure if it is an early one. */
  private record Part(List<ByteBuffer> bytes, @Nullable Throwable failure) {}

  @Override
  public CompletionStage<TimedBody> getBody() {
    return started;
  }

  @Override
  public void onSubscribe(Subscription value) {
    subscription = value;
    started.complete(this);
  }

  @Override
  public void onNext(List<ByteBuffer> bytes) {
    parts.add(new Part(bytes, null));
  }

  @Override
  public void onError(Throwable failure) {
    parts.add(new Part(List.of(), failure));
    started.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    parts.add(new Part(List.of(), null));
  }

  /**
   * The next bytes; none at the end.
   *
   * @throws IOException if the connection breaks, or nothing comes for too long
   */
  List<ByteBuffer> next() throws IOException, InterruptedException {
    while (!ended) {
      if (subscription != null) {
        subscription.request(1);
      }
      Part part = parts.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (part == null) {
        close();
        throw new HttpTimeoutException("nothing came for %d s".formatted(timeout.toSeconds()));
      }
      if (part.failure != null) {
        ended = true;
        throw new IOException("the connection broke off", part.failure);
      }
      if (part.bytes.stream().anyMatch(ByteBuffer::hasRemaining)) {
        return part.bytes;
      }
      ended = part.bytes.isEmpty();
    }
    return List.of();
  }

  /** Reads what is left, if that is little, so that the connection can be used again. */
  void skip() throws IOException, InterruptedException {
    int left = MOST_SKIPPED;
    for (var bytes = next(); left > 0 && !bytes.isEmpty(); bytes = next()) {
      left -= bytes.stream().mapToInt(ByteBuffer::remaining).sum();
    }
    close();
  }

  /** Breaks off what has not come yet. */
  @Override
  public void close() {
    if (!ended && subscription != null) {
      subscription.cancel();
    }
    ended = true;
  }
}
