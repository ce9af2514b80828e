package io.github.modernbert.server.http;

import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Buffers of connections, which Jetty gives back while it still uses them. */
final class BuffersTest {
  private static final long SECONDS = 20;

  @Test
  void noneIsUsedAgain() {
    ByteBufferPool pool = HttpServer.buffers();
    RetainableByteBuffer.Mutable first = pool.acquire(1000, false);
    byte[] bytes = first.getByteBuffer().array();
    first.release();
    assertNotSame(bytes, pool.acquire(1000, false).getByteBuffer().array());
  }

  /** Tells when the first buffer, with which a request is read, is given back. */
  private static final class Watched extends ByteBufferPool.Wrapper {
    private final AtomicReference<@Nullable Thread> reader = new AtomicReference<>();
    private final CountDownLatch givenBack = new CountDownLatch(1);

    Watched() {
      super(new ByteBufferPool.NonPooling());
    }

    @Override
    public RetainableByteBuffer.Mutable acquire(int size, boolean direct) {
      RetainableByteBuffer.Mutable buffer = super.acquire(size, direct);
      return !reader.compareAndSet(null, Thread.currentThread())
          ? buffer
          : new RetainableByteBuffer.Mutable.Wrapper(buffer) {
            @Override
            public boolean release() {
              givenBack.countDown();
              return super.release();
            }
          };
    }
  }

  /** Where this fails Jetty is mended, and buffers may be pooled again. */
  @Test
  void jettyGivesOneBackWhileItIsRead() throws Exception {
    var pool = new Watched();
    var givenBackEarly = new CompletableFuture<Boolean>();
    Executor requests = Thread::startVirtualThread;
    var threads = new QueuedThreadPool();
    threads.setVirtualThreadsExecutor(task -> {
      requests.execute(task);
      // The thread that reads hands over the answer, and is kept from going on as a busy
      // machine may keep it.
      if (Thread.currentThread() == pool.reader.get() && !givenBackEarly.isDone()) {
        try {
          givenBackEarly.complete(pool.givenBack.await(SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
          givenBackEarly.completeExceptionally(e);
        }
      }
    });
    var server = new Server(threads, null, pool);
    var connector = new ServerConnector(server, 1, 1);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.start();
    try (var client = new Socket("127.0.0.1", connector.getLocalPort())) {
      client
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      assertTrue(givenBackEarly.get(2 * SECONDS, TimeUnit.SECONDS));
    } finally {
      server.stop();
    }
  }
}
