package io.github.modernbert.hub;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
  /** How often the time that it may pause may pass until all of a short body is there. */
  private static final int TIMEOUTS_OF_A_SHORT_BODY = 6;

  private final Duration timeout;
  private final CompletableFuture<TimedBody> started = new CompletableFuture<>();
  private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
  private volatile @Nullable Subscription subscription;
  private boolean ended;

  /**
   * @param timeout how long it may take until the next bytes come
   */
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

  /**
   * Reads all of a short body.
   *
   * @return the bytes; empty if there are more than {@code most}, of which the rest is broken off
   * @throws IOException if the connection breaks, or the end does not come in time: a server that
   *     sends byte after byte slowly could keep its reader waiting for days
   */
  Optional<byte[]> readAll(int most) throws IOException, InterruptedException {
    long end = System.nanoTime() + timeout.multipliedBy(TIMEOUTS_OF_A_SHORT_BODY).toNanos();
    var all = new ByteArrayOutputStream();
    for (var bytes = next(); !bytes.isEmpty(); bytes = next()) {
      for (ByteBuffer each : bytes) {
        if (each.remaining() > most - all.size()) {
          close();
          return Optional.empty();
        }
        var copy = new byte[each.remaining()];
        each.get(copy);
        all.writeBytes(copy);
      }
      if (System.nanoTime() - end > 0) {
        close();
        throw new HttpTimeoutException(
            "the answer takes longer than %d s"
                .formatted(timeout.multipliedBy(TIMEOUTS_OF_A_SHORT_BODY).toSeconds()));
      }
    }
    return Optional.of(all.toByteArray());
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
