package io.github.modernbert.server.api;

import com.google.gson.stream.JsonToken;
import io.github.modernbert.server.http.ApiException;
import io.github.modernbert.server.http.ErrorKind;
import io.github.modernbert.server.http.JsonInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One of the things that a request asks about. */
public sealed interface Input {
  /** A text. */
  record Text(String text) implements Input {}

  /** The ids of a text's tokens. */
  @SuppressWarnings("ArrayRecordComponent")
  record Ids(int[] ids) implements Input {
    @Override
    public boolean equals(Object other) {
      return other instanceof Ids o && Arrays.equals(ids, o.ids);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(ids);
    }

    @Override
    public String toString() {
      return Arrays.toString(ids);
    }
  }

  /**
   * All that a request asks about.
   *
   * @param items each of them
   * @param isBatch whether they came as a list
   */
  record Inputs(List<Input> items, boolean isBatch) {
    /** How much that is. */
    public Size size() {
      return new Size(items.size(), isBatch, items.stream().mapToLong(Input::characters).sum());
    }
  }

  /** How many characters or ids it has. */
  default long characters() {
    return switch (this) {
      case Text text -> Size.characters(text.text());
      case Ids ids -> ids.ids().length;
    };
  }

  /**
   * Reads a text, a list of ids, or a list of texts and lists of ids.
   *
   * @param what the member's name
   */
  static Inputs read(JsonInput in, String what) throws IOException {
    int most = in.maxItems();
    if (in.peek() == JsonToken.STRING) {
      return checked(what, new Inputs(List.of(new Text(in.text(what))), false));
    }
    in.beginList(what);
    var items = new ArrayList<Input>();
    var ids = new ArrayList<Integer>();
    int count = 0;
    while (in.hasNext()) {
      JsonToken next = in.peek();
      if (next == JsonToken.NUMBER && items.isEmpty()) {
        ids.add(in.integer(what, 0));
      } else if (++count > most) {
        in.skip();
      } else if (next == JsonToken.BEGIN_ARRAY && ids.isEmpty()) {
        items.add(new Ids(in.ids(what)));
      } else if (ids.isEmpty()) {
        items.add(new Text(in.text(what)));
      } else {
        throw JsonInput.invalid("`" + what + "`: expected token ids, found something else too");
      }
    }
    in.endList();
    if (count > most) {
      throw JsonInput.invalid(
          "batch size %d > maximum allowed batch size %d".formatted(count, most));
    }
    return checked(
        what,
        ids.isEmpty()
            ? new Inputs(List.copyOf(items), true)
            : new Inputs(
                List.of(new Ids(ids.stream().mapToInt(Integer::intValue).toArray())), false));
  }

  private static Inputs checked(String what, Inputs inputs) {
    if (inputs.items().isEmpty() || inputs.items().stream().anyMatch(i -> i.characters() == 0)) {
      throw empty(what);
    }
    return inputs;
  }

  /** The error for a list or a text that is empty. */
  static ApiException empty(String what) {
    return new ApiException(ErrorKind.EMPTY, "`" + what + "` cannot be empty");
  }
}
