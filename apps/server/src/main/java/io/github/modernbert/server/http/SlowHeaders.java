package io.github.modernbert.server.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Closes connections whose bytes come one by one and never make a request. The timeout for silence
 * does not see them, since each byte begins it anew.
 */
final class SlowHeaders implements Connection.Listener {
  private final Scheduler scheduler;
  private final Duration timeout;

  /** The next look at each connection; it must not outlive the connection, which it holds. */
  private final Map<Connection, Scheduler.Task> looks = new ConcurrentHashMap<>();

  SlowHeaders(Scheduler scheduler, Duration timeout) {
    this.scheduler = scheduler;
    this.timeout = timeout;
  }

  @Override
  public void onOpened(Connection connection) {
    // TLS below HTTP is a connection too; it knows of no requests, so that nothing would tell a
    // busy client from a slow one.
    if (connection.getMessagesIn() >= 0) {
      schedule(new Watch(connection, 0, 0, false));
    }
  }

  @Override
  public void onClosed(Connection connection) {
    Scheduler.Task look = looks.remove(connection);
    if (look != null) {
      look.cancel();
    }
  }

  private void schedule(Watch watch) {
    looks.put(
        watch.connection,
        scheduler.schedule(() -> check(watch), timeout.toMillis(), TimeUnit.MILLISECONDS));
  }

  /**
   * The state of a connection when it was looked at last.
   *
   * @param requests how many requests had come
   * @param bytes how many bytes had come
   * @param isArriving whether some of them were of a request that had not come whole
   */
  private record Watch(Connection connection, long requests, long bytes, boolean isArriving) {}

  private void check(Watch last) {
    Connection connection = last.connection;
    if (!connection.getEndPoint().isOpen()) {
      looks.remove(connection);
      return;
    }
    long requests = connection.getMessagesIn();
    long bytes = network(connection).getBytesIn();
    boolean isArriving =
        requests == last.requests && requests == connection.getMessagesOut() && bytes > last.bytes;
    if (isArriving && last.isArriving) {
      // Not the connection, which would answer the request and read its body here, while a thread
      // of its own may do the same. That one finds the end of the stream and cleans up.
      connection.getEndPoint().close();
    } else {
      schedule(new Watch(connection, requests, bytes, isArriving));
    }
  }

  /**
   * The connection that counts bytes as they come: TLS keeps those of a record that is not whole.
   */
  private static Connection network(Connection connection) {
    return connection.getEndPoint() instanceof EndPoint.Wrapper tls
        ? tls.unwrap().getConnection()
        : connection;
  }
}
