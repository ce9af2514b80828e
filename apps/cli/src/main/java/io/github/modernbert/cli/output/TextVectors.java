package io.github.modernbert.cli.output;

import io.github.modernbert.Embedding;
import java.io.IOException;
import java.io.Writer;

/** One line a text. The digits of a float are the shortest that read back to its bits. */
public record TextVectors(Writer out, Format format) implements VectorWriter {
  /** Makes the line of a vector. */
  @FunctionalInterface
  public interface Format {
    void append(StringBuilder line, long index, Embedding embedding);
  }

  /** A header, and a row a text. */
  public static TextVectors csv(Writer out, int dimensions) throws IOException {
    var header = new StringBuilder("index,tokens,truncated");
    for (int i = 0; i < dimensions; i++) {
      header.append(",v").append(i);
    }
    out.append(header.append('\n'));
    return new TextVectors(out, TextVectors::row);
  }

  /** A JSON object a line. */
  public static TextVectors jsonLines(Writer out) {
    return new TextVectors(out, TextVectors::object);
  }

  private static void row(StringBuilder line, long index, Embedding embedding) {
    line.append(index).append(',').append(embedding.tokens());
    line.append(',').append(embedding.truncated());
    for (float value : embedding.vector()) {
      line.append(',').append(value);
    }
  }

  private static void object(StringBuilder line, long index, Embedding embedding) {
    line.append("{\"index\":").append(index);
    line.append(",\"tokens\":").append(embedding.tokens());
    line.append(",\"truncated\":").append(embedding.truncated());
    line.append(",\"embedding\":[");
    for (float value : embedding.vector()) {
      line.append(value).append(',');
    }
    line.setLength(line.length() - 1);
    line.append("]}");
  }

  @Override
  public void write(long index, Embedding embedding) throws IOException {
    var line = new StringBuilder();
    format.append(line, index, embedding);
    out.append(line.append('\n'));
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
