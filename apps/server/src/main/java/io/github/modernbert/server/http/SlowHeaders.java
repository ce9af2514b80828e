package io.github.modernbert.server.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
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
    schedule(new Watch(connection, 0, 0, false));
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
    long bytes = connection.getBytesIn();
    boolean isArriving =
        requests == last.requests && requests == connection.getMessagesOut() && bytes > last.bytes;
    if (isArriving && last.isArriving) {
      connection.close();
    } else {
      schedule(new Watch(connection, requests, bytes, isArriving));
    }
  }
}
