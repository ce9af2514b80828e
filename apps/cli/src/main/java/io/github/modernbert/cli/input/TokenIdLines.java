package io.github.modernbert.cli.input;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.github.modernbert.cli.console.CommandException;
import io.github.modernbert.config.ModernBertConfig;
import java.util.Iterator;

/** Sequences of token ids that a model takes, one JSON array a line. */
public final class TokenIdLines implements Iterator<int[]> {
  private static final int SHOWN_CHARS = 40;

  private final Utf8Lines lines;
  private final ModernBertConfig config;

  public TokenIdLines(Utf8Lines lines, ModernBertConfig config) {
    this.lines = lines;
    this.config = config;
  }

  @Override
  public boolean hasNext() {
    return lines.hasNext();
  }

  @Override
  public int[] next() {
    JsonArray array = array(lines.next());
    if (array.isEmpty() || array.size() > config.maxPositionEmbeddings()) {
      throw wrong("1 to %d token ids".formatted(config.maxPositionEmbeddings()), array.size());
    }
    var ids = new int[array.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = id(array.get(i));
    }
    return ids;
  }

  private JsonArray array(String line) {
    try {
      if (JsonParser.parseString(line) instanceof JsonArray array) {
        return array;
      }
    } catch (JsonParseException e) {
      // The message below says it better than the parser's.
    }
    String shown = line.length() > SHOWN_CHARS ? line.substring(0, SHOWN_CHARS) + "…" : line;
    throw wrong("a JSON array of token ids", "'" + shown + "'");
  }

  private int id(JsonElement element) {
    try {
      int id = element.getAsBigDecimal().intValueExact();
      if (id >= 0 && id < config.vocabSize()) {
        return id;
      }
    } catch (RuntimeException e) {
      // Not a number, or not whole: refused below like one that is out of range.
    }
    throw wrong("token ids from 0 to %d".formatted(config.vocabSize() - 1), element);
  }

  private CommandException wrong(String expected, Object found) {
    return new CommandException(
        "%s: expected %s, found %s".formatted(lines.place(), expected, found));
  }
}
