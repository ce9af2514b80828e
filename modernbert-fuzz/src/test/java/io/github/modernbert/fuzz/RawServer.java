package io.github.modernbert.fuzz;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * A server on the loopback interface that answers a request with any bytes, and closes the
 * connection. Holds what was asked.
 */
final class RawServer implements AutoCloseable {
  private final ServerSocket socket;
  private final Function<String, byte[]> answers;
  private final List<String> heads = new CopyOnWriteArrayList<>();

  /**
   * @param answers the bytes of an answer, by the path that is asked for
   */
  RawServer(Function<String, byte[]> answers) throws IOException {
    this.answers = answers;
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().start(this::accept);
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort());
  }

  /** The lines of all requests since they were taken last. */
  List<String> takeHeads() {
    List<String> taken = List.copyOf(heads);
    heads.clear();
    return taken;
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = socket.accept();
        Thread.ofVirtual().start(() -> answer(connection));
      }
    } catch (SocketException e) {
      // Closed.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void answer(Socket connection) {
    try (connection) {
      var reader =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
      String request = reader.readLine();
      if (request == null) {
        return;
      }
      heads.add(request);
      for (String line = reader.readLine(); line != null && !line.isEmpty(); ) {
        heads.add(line);
        line = reader.readLine();
      }
      OutputStream out = connection.getOutputStream();
      out.write(answers.apply(request.split(" ")[1]));
      out.flush();
      connection.shutdownOutput();
    } catch (IOException e) {
      // The client has seen enough.
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
