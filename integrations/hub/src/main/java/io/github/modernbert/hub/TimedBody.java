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
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An answer's body, read by the thread that asked for it as it comes. The client's own streams wait
 * for ever when a server falls silent; this one does not.
 */
final class TimedBody implements BodySubscriber<TimedBody>, AutoCloseable {
  /**
   * How often the time that it may pause may pass until all of a short body is there, or a long one
   * must have come at the least rate.
   */
  private static final int TIMEOUTS = 6;

  private static final int LEAST_BYTES_PER_SECOND = 1024;

  private final Duration timeout;
  private final LongSupplier clock;
  private final CompletableFuture<TimedBody> started = new CompletableFuture<>();
  private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
  private volatile @Nullable Subscription subscription;
  private boolean ended;

  /** How long bytes have been waited for since their rate was last checked, and how many came. */
  private long waitedNanos;

  private long received;

  /**
   * @param timeout how long it may take until the next bytes come
   */
  TimedBody(Duration timeout) {
    this(timeout, System::nanoTime);
  }

  /**
   * @param timeout how long it may take until the next bytes come
   * @param clock tells the time in nanoseconds
   */
  TimedBody(Duration timeout, LongSupplier clock) {
    this.timeout = timeout;
    this.clock = clock;
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
   * @throws IOException if the connection breaks, nothing comes for too long, or so little that a
   *     download would take weeks
   */
  List<ByteBuffer> next() throws IOException, InterruptedException {
    List<ByteBuffer> bytes = await();
    if (!bytes.isEmpty()) {
      requireRate(bytes);
    }
    return bytes;
  }

  private List<ByteBuffer> await() throws IOException, InterruptedException {
    while (!ended) {
      if (subscription != null) {
        subscription.request(1);
      }
      long began = clock.getAsLong();
      Part part = parts.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
      waitedNanos += clock.getAsLong() - began;
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

  /** The time in which the reader did other things does not count. */
  private void requireRate(List<ByteBuffer> bytes) throws IOException {
    received += bytes.stream().mapToLong(ByteBuffer::remaining).sum();
    Duration waited = Duration.ofNanos(waitedNanos);
    if (waited.compareTo(timeout.multipliedBy(TIMEOUTS)) < 0) {
      return;
    }
    if (received < LEAST_BYTES_PER_SECOND * waited.toSeconds()) {
      close();
      throw new HttpTimeoutException(
          "only %,d bytes came in %d s".formatted(received, waited.toSeconds()));
    }
    waitedNanos = 0;
    received = 0;
  }

  /**
   * Reads all of a short body.
   *
   * @return the bytes; empty if there are more than {@code most}, of which the rest is broken off
   * @throws IOException if the connection breaks, or the end does not come in time: a server that
   *     sends byte after byte slowly could keep its reader waiting for days
   */
  Optional<byte[]> readAll(int most) throws IOException, InterruptedException {
    long end = clock.getAsLong() + timeout.multipliedBy(TIMEOUTS).toNanos();
    var all = new ByteArrayOutputStream();
    for (var bytes = await(); !bytes.isEmpty(); bytes = await()) {
      for (ByteBuffer each : bytes) {
        if (each.remaining() > most - all.size()) {
          close();
          return Optional.empty();
        }
        var copy = new byte[each.remaining()];
        each.get(copy);
        all.writeBytes(copy);
      }
      if (clock.getAsLong() - end > 0) {
        close();
        throw new HttpTimeoutException(
            "the answer takes longer than %d s"
                .formatted(timeout.multipliedBy(TIMEOUTS).toSeconds()));
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
