package io.github.modernbert.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which connections are closed, and that a flood of short ones does not fill the memory. */
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

  /** What a client sends; its connection has only what is looked at. */
  private static final class Client {
    private final boolean isTls;
    private int requests;
    private int answers;
    private int bytes;
    private boolean isOpen = true;

    Client(boolean isTls) {
      this.isTls = isTls;
    }

    /** The connection of HTTP, which with TLS has seen no byte of a record that is not whole. */
    Connection http() {
      return (Connection)
          fake(
              method ->
                  switch (method) {
                    case "getMessagesIn" -> (long) requests;
                    case "getMessagesOut" -> (long) answers;
                    case "getBytesIn" -> isTls ? 0L : (long) bytes;
                    case "getEndPoint" ->
                        isTls ? endPoint(EndPoint.Wrapper.class) : endPoint(EndPoint.class);
                    default -> throw new UnsupportedOperationException(method);
                  },
              Connection.class);
    }

    /** The connection below it. */
    Connection network() {
      return (Connection)
          fake(method -> method.equals("getBytesIn") ? (long) bytes : -1L, Connection.class);
    }

    private Object endPoint(Class<?> more) {
      return fake(
          method ->
              switch (method) {
                case "isOpen" -> isOpen;
                case "close" -> isOpen = false;
                case "unwrap" -> endPoint(EndPoint.class);
                case "getConnection" -> network();
                default -> throw new UnsupportedOperationException(method);
              },
          Stream.of(EndPoint.class, more).distinct().toArray(Class<?>[]::new));
    }

    private static Object fake(Function<String, Object> methods, Class<?>... types) {
      return Proxy.newProxyInstance(
          SlowHeadersTest.class.getClassLoader(),
          types,
          (proxy, method, arguments) ->
              switch (method.getName()) {
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> proxy == arguments[0];
                default -> methods.apply(method.getName());
              });
    }
  }

  private final Schedule schedule = new Schedule();
  private final SlowHeaders slow = new SlowHeaders(schedule, Duration.ofSeconds(30));

  @Test
  void nothingIsKeptOfClosedConnections() {
    Connection stays = new Client(false).http();
    slow.onOpened(stays);
    for (int i = 0; i < 100; i++) {
      Connection gone = new Client(false).http();
      slow.onOpened(gone);
      slow.onClosed(gone);
    }
    assertEquals(1, schedule.tasks.size());
    slow.onClosed(stays);
    assertEquals(List.of(), schedule.tasks);
  }

  /** Whether a client's connection is left open by two looks, before each of which it does this. */
  private boolean isLeftOpen(Client client, Runnable sends) {
    slow.onOpened(client.http());
    for (int i = 0; i < 2; i++) {
      sends.run();
      schedule.tasks.removeFirst().run();
    }
    return client.isOpen;
  }

  /** The connection itself has no close here: another thread may be reading from it. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theNetworkIsClosedUnderSlowClients(boolean isTls) {
    var client = new Client(isTls);
    assertFalse(isLeftOpen(client, () -> client.bytes++));
    assertEquals(List.of(), schedule.tasks);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void clientsThatMakeRequestsOrRestAreLeftAlone(boolean isTls) {
    var busy = new Client(isTls);
    assertTrue(
        isLeftOpen(
            busy,
            () -> {
              busy.bytes += 100;
              busy.requests++;
              busy.answers++;
            }));
    schedule.tasks.clear();
    var waiting = new Client(isTls);
    waiting.requests = 1;
    assertTrue(isLeftOpen(waiting, () -> waiting.bytes++), "its body still comes");
    schedule.tasks.clear();
    assertTrue(isLeftOpen(new Client(isTls), () -> {}));
  }

  /** It counts no requests: a busy client would look like a slow one. */
  @Test
  void theConnectionOfTlsItselfIsNotWatched() {
    slow.onOpened(new Client(true).network());
    assertEquals(List.of(), schedule.tasks);
  }
}
