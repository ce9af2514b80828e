package io.github.modernbert.server.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** The body of a response: with its length if it is short, else in pieces as it is made. */
final class ReplyStream extends OutputStream {
  private static final int HELD = 64 * 1024;

  private final Response response;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();

  ReplyStream(Response response) {
    this.response = response;
  }

  @Override
  public void write(int oneByte) throws IOException {
    write(new byte[] {(byte) oneByte}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    held.write(bytes, offset, length);
    if (held.size() > HELD) {
      Content.Sink.write(response, false, ByteBuffer.wrap(held.toByteArray()));
      held.reset();
    }
  }

  /** Sends what is left; the callback is told when the response is complete. */
  void finish(Callback callback) {
    if (!response.isCommitted()) {
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, held.size());
    }
    response.write(true, ByteBuffer.wrap(held.toByteArray()), callback);
  }
}
