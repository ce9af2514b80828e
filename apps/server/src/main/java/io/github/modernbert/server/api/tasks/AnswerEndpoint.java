package io.github.modernbert.server.api.tasks;

import io.github.modernbert.Answer;
import io.github.modernbert.AnswerOptions;
import io.github.modernbert.QuestionAnswerer;
import io.github.modernbert.Task;
import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.api.Input;
import io.github.modernbert.server.api.Measured;
import io.github.modernbert.server.api.Members;
import io.github.modernbert.server.api.ModelChoice.Chosen;
import io.github.modernbert.server.api.TextReading;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.JsonInput;
import io.github.modernbert.server.http.JsonOutput;
import io.github.modernbert.server.http.Reply;
import io.github.modernbert.server.metrics.Metrics;
import io.github.modernbert.tokenizer.EncodeOptions;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** {@code /v1/answer}: the parts of a text that answer a question. */
public final class AnswerEndpoint {
  private final Context context;

  /** With what endpoints need. */
  public AnswerEndpoint(Context context) {
    this.context = context;
  }

  private static final class Body {
    final TextReading reading;
    @Nullable String question;
    @Nullable String context;
    @Nullable String model;
    AnswerOptions options = AnswerOptions.defaults();

    Body(Context context) {
      reading = new TextReading(context.settings().reading());
    }

    void read(JsonInput in, String name) throws IOException {
      switch (name) {
        case "question" -> question = in.text(name);
        case "context" -> context = in.text(name);
        case "model" -> model = in.textOrNull(name);
        case "top_k" -> options = options.topK(in.integer(name, 1));
        case "max_answer_len" -> options = options.maxAnswerLength(in.integer(name, 1));
        case "doc_stride" -> options = options.stride(in.integer(name, 0));
        case "handle_impossible_answer" -> options = options.noAnswer(in.truth(name));
        case "align_to_words" -> options = options.alignToWords(in.truth(name));
        default -> reading.read(in, name);
      }
    }
  }

  /** Answers. */
  public Reply answer(Call call) {
    var body = new Body(context);
    call.read(body::read);
    String question = Members.required("question", body.question);
    String text = Members.required("context", body.context);
    if (question.isEmpty() || text.isEmpty()) {
      throw Input.empty(question.isEmpty() ? "question" : "context");
    }
    Chosen<QuestionAnswerer> chosen =
        context.models().of(QuestionAnswerer.class, Task.QUESTION_ANSWERING, body.model);
    AnswerOptions options = body.reading.applyTo(body.options);
    return new Measured(
            call,
            context,
            Metrics.Work.PREDICT,
            chosen.alias(),
            1,
            false,
            TaskBody.codePoints(question, question.length())
                + TaskBody.codePoints(text, text.length()))
        .reply(
            () -> chosen.model().answer(question, text, options),
            _ ->
                new Measured.Count(
                    new int[] {
                      chosen
                          .model()
                          .tokenizer()
                          .encodePair(question, text, EncodeOptions.plain())
                          .length()
                    },
                    0),
            (answers, count) ->
                TaskBody.results(
                    chosen.alias(),
                    answers,
                    count.tokens(),
                    (out, answer) -> write(out, text, answer)));
  }

  private static void write(JsonOutput out, String text, Answer answer) {
    out.beginObject()
        .member("answer", answer.text())
        .member("score", answer.score())
        .member("start", TaskBody.codePoints(text, answer.start()))
        .member("end", TaskBody.codePoints(text, answer.end()))
        .endObject();
  }
}
