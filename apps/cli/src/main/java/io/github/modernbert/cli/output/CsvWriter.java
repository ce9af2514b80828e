package io.github.modernbert.cli.output;

import io.github.modernbert.Embedding;
import java.io.IOException;
import java.io.Writer;

/** A header and one row a text; the digits are those of {@link JsonLinesWriter}. */
public final class CsvWriter implements VectorWriter {
  private final Writer out;
  private final StringBuilder row = new StringBuilder("index,tokens,truncated");

  public CsvWriter(Writer out, int dimensions) throws IOException {
    this.out = out;
    for (int i = 0; i < dimensions; i++) {
      row.append(",v").append(i);
    }
    out.append(row.append('\n'));
  }

  @Override
  public void write(long index, Embedding embedding) throws IOException {
    row.setLength(0);
    row.append(index).append(',').append(embedding.tokens());
    row.append(',').append(embedding.truncated());
    for (float value : embedding.vector()) {
      row.append(',').append(value);
    }
    out.append(row.append('\n'));
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
