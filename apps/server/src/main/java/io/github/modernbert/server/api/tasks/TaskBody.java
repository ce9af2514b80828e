package io.github.modernbert.server.api.tasks;

import com.google.gson.stream.JsonToken;
import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.api.Input;
import io.github.modernbert.server.api.Measured;
import io.github.modernbert.server.api.Members;
import io.github.modernbert.server.api.TextReading;
import io.github.modernbert.server.api.Usage;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.JsonInput;
import io.github.modernbert.server.http.JsonOutput;
import io.github.modernbert.server.metrics.Metrics;
import java.io.IOException;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The members that the bodies of all these routes have: {@code model}, {@code input} (or {@code
 * inputs}), {@code truncate}; and the form of their answers.
 */
final class TaskBody {
  private final TextReading reading;
  private @Nullable List<String> texts;
  private @Nullable String model;
  private boolean isBatch;

  private TaskBody(Context context) {
    reading = new TextReading(context.settings().reading());
  }

  /** Reads the members that a route has beside these. */
  @FunctionalInterface
  interface Own {
    /**
     * Reads a value if the name is one of the route's.
     *
     * @return whether it is
     */
    boolean read(JsonInput in, String name) throws IOException;
  }

  static TaskBody read(Call call, Context context, Own own) {
    var body = new TaskBody(context);
    call.read((in, name) -> {
      if (!own.read(in, name)) {
        body.read(in, name);
      }
    });
    return body;
  }

  private void read(JsonInput in, String name) throws IOException {
    switch (name) {
      case "input", "inputs" -> {
        isBatch = in.peek() != JsonToken.STRING;
        texts = isBatch ? in.list(name, () -> in.text(name)) : List.of(in.text(name));
      }
      case "model" -> model = in.textOrNull(name);
      default -> reading.read(in, name);
    }
  }

  /** The texts, of which there is at least one, none empty. */
  List<String> texts() {
    List<String> found = Members.required("input", texts);
    if (found.isEmpty() || found.contains("")) {
      throw Input.empty("input");
    }
    return found;
  }

  @Nullable String model() {
    return model;
  }

  TextReading reading() {
    return reading;
  }

  Measured measured(Call call, Context context, Metrics.Work work, String alias) {
    long characters =
        texts().stream().mapToLong(text -> text.codePointCount(0, text.length())).sum();
    return new Measured(call, context, work, alias, texts().size(), isBatch, characters);
  }

  /** The answer: the model, a result for each text, and how many tokens were read. */
  static <R> Consumer<JsonOutput> results(
      String alias, List<R> results, long tokens, BiConsumer<JsonOutput, R> write) {
    return out -> {
      out.beginObject().member("model", alias).name("results").beginArray();
      results.forEach(result -> write.accept(out, result));
      out.endArray();
      Usage.write(out, tokens);
      out.endObject();
    };
  }

  /** An offset in chars as one in code points, which is how the pipelines of transformers count. */
  static int codePoints(String text, int chars) {
    return text.codePointCount(0, chars);
  }
}
