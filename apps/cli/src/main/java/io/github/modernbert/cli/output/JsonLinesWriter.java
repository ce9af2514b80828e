package io.github.modernbert.cli.output;

import io.github.modernbert.Embedding;
import java.io.IOException;
import java.io.Writer;

/** One JSON object a line. The digits of a float are the shortest that read back to its bits. */
public final class JsonLinesWriter implements VectorWriter {
  private final Writer out;
  private final StringBuilder line = new StringBuilder();

  public JsonLinesWriter(Writer out) {
    this.out = out;
  }

  @Override
  public void write(long index, Embedding embedding) throws IOException {
    line.setLength(0);
    line.append("{\"index\":").append(index);
    line.append(",\"tokens\":").append(embedding.tokens());
    line.append(",\"truncated\":").append(embedding.truncated());
    line.append(",\"embedding\":[");
    for (float value : embedding.vector()) {
      line.append(value).append(',');
    }
    line.setLength(line.length() - 1);
    out.append(line.append("]}\n"));
  }

  @Override
  public void finish() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
