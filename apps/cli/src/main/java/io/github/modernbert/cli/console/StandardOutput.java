package io.github.modernbert.cli.console;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;

/** Standard output that distinguishes a closed pipe, as after {@code head}, from a failure. */
public final class StandardOutput extends FilterOutputStream {
  public StandardOutput(OutputStream out) {
    super(out);
  }

  /** The reader of the output has closed the pipe. */
  static final class ReaderGoneException extends IOException {
    private static final long serialVersionUID = 1;

    ReaderGoneException(IOException cause) {
      super("nobody reads the output any more", cause);
    }
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
      if (reason.contains("pipe")) {
        throw new ReaderGoneException(e);
      }
      throw new IOException("cannot write to standard output: " + e.getMessage(), e);
    }
  }
}
