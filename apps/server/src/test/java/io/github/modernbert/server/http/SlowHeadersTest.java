package io.github.modernbert.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;
import org.junit.jupiter.api.Test;

/** Memory that connections hold: a flood of short ones must not fill the memory. */
final class SlowHeadersTest {
  /** Keeps what is scheduled, and never runs it. */
  private static final class Schedule extends AbstractLifeCycle implements Scheduler {
    private final List<Runnable> tasks = new ArrayList<>();

    @Override
    public Task schedule(Runnable task, long delay, TimeUnit units) {
      tasks.add(task);
      return () -> tasks.remove(task);
    }
  }

  private static Connection connection() {
    return (Connection)
        Proxy.newProxyInstance(
            SlowHeadersTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "hashCode" -> System.identityHashCode(proxy);
                  case "equals" -> proxy == arguments[0];
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  @Test
  void nothingIsKeptOfClosedConnections() {
    var schedule = new Schedule();
    var slow = new SlowHeaders(schedule, Duration.ofSeconds(30));
    Connection stays = connection();
    slow.onOpened(stays);
    for (int i = 0; i < 100; i++) {
      Connection gone = connection();
      slow.onOpened(gone);
      slow.onClosed(gone);
    }
    assertEquals(1, schedule.tasks.size());
    slow.onClosed(stays);
    assertEquals(List.of(), schedule.tasks);
  }
}
