package io.github.modernbert.server.api.tasks;

import com.google.gson.stream.JsonToken;
import io.github.modernbert.server.api.Body;
import io.github.modernbert.server.api.Body.Form;
import io.github.modernbert.server.api.Body.Member;
import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.api.Input;
import io.github.modernbert.server.api.Measured;
import io.github.modernbert.server.api.ModelChoice;
import io.github.modernbert.server.api.Size;
import io.github.modernbert.server.api.TextReading;
import io.github.modernbert.server.api.Usage;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.JsonOutput;
import io.github.modernbert.server.metrics.Metrics;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The members that requests of all these routes have, and the form of their answers. */
final class TaskBody {
  private static final Member<Texts> INPUT =
      Member.of(
          (in, name) ->
              in.peek() == JsonToken.STRING
                  ? new Texts(List.of(in.text(name)), false)
                  : new Texts(in.list(name, () -> in.text(name)), true),
          "input",
          "inputs");

  /** Texts, the model, and how texts are read. */
  static final Form FORM = TextReading.FORM.with(ModelChoice.MODEL, INPUT);

  private record Texts(List<String> texts, boolean isBatch) {}

  private TaskBody() {}

  /** The texts, of which there is at least one, none empty. */
  static List<String> texts(Body body) {
    List<String> texts = body.required(INPUT).texts();
    if (texts.isEmpty() || texts.contains("")) {
      throw Input.empty("input");
    }
    return texts;
  }

  static Measured measured(Call call, Context context, Metrics.Work work, String alias, Body body) {
    Texts input = body.required(INPUT);
    return new Measured(call, context, work, alias, Size.of(input.texts(), input.isBatch()));
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

  /** Writes a result with the text that it is of. */
  @FunctionalInterface
  interface ResultWriter<R> {
    void write(JsonOutput out, String text, R result);
  }

  /** The answer with a result for each of the texts; see {@link #results}. */
  static <R> Consumer<JsonOutput> results(
      String alias, List<String> texts, List<R> results, long tokens, ResultWriter<R> write) {
    Iterator<String> text = texts.iterator();
    return results(alias, results, tokens, (out, result) -> write.write(out, text.next(), result));
  }

  /** Writes a place in a text in code points, which is how the pipelines of transformers count. */
  static JsonOutput place(JsonOutput out, String text, int start, int end) {
    return out.member("start", text.codePointCount(0, start))
        .member("end", text.codePointCount(0, end));
  }
}
