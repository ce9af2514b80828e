package io.github.modernbert.server.http;

import io.github.modernbert.server.config.Settings;
import java.io.FilterInputStream;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/**
 * Opens bodies of requests: none may be larger than the limit or take longer to arrive than the
 * timeout, and all that are held at a time take a quarter of the heap at most.
 */
final class Bodies {
  private static final int KILOBYTE = 1024;
  private static final int SHARE_OF_HEAP = 4;

  private final Settings.Limits limits;
  private final Semaphore kilobytes;

  Bodies(Settings.Limits limits) {
    this.limits = limits;
    long share = Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP;
    kilobytes =
        new Semaphore((int) Math.clamp(share / KILOBYTE, kilobytes(limits), Integer.MAX_VALUE));
  }

  private static long kilobytes(Settings.Limits limits) {
    return limits.payloadLimit() / KILOBYTE + 1L;
  }

  JsonInput open(Request request) {
    long length = request.getLength();
    if (length > limits.payloadLimit()) {
      throw tooLarge();
    }
    int held = (int) ((length < 0 ? limits.payloadLimit() : length) / KILOBYTE + 1);
    if (!kilobytes.tryAcquire(held)) {
      throw new ApiException(ErrorKind.OVERLOADED, "Model is overloaded");
    }
    Request.addCompletionListener(request, _ -> kilobytes.release(held));
    return new JsonInput(new Body(request), limits.maxClientBatchSize());
  }

  private ApiException tooLarge() {
    return new ApiException(
        ErrorKind.TOO_LARGE, "the body has more than %d bytes".formatted(limits.payloadLimit()));
  }

  /** The bytes of a body, as far as they keep to the limits. */
  private final class Body extends FilterInputStream {
    private final long begin;
    private int bytes;

    Body(Request request) {
      super(Objects.requireNonNull(Content.Source.asInputStream(request)));
      begin = request.getBeginNanoTime();
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count;
      try {
        count = super.read(target, offset, length);
      } catch (IOException e) {
        if (e.getCause() instanceof TimeoutException) {
          throw late();
        }
        throw e;
      }
      bytes += Math.max(0, count);
      if (bytes > limits.payloadLimit()) {
        throw tooLarge();
      }
      if (System.nanoTime() - begin > limits.requestTimeout().toNanos()) {
        throw late();
      }
      return count;
    }

    private ApiException late() {
      return new ApiException(
          ErrorKind.TIMEOUT,
          "the request took longer than %d s to arrive"
              .formatted(limits.requestTimeout().toSeconds()));
    }
  }
}
