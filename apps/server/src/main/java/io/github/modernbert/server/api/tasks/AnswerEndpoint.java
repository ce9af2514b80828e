package io.github.modernbert.server.api.tasks;

import io.github.modernbert.Answer;
import io.github.modernbert.AnswerOptions;
import io.github.modernbert.QuestionAnswerer;
import io.github.modernbert.Task;
import io.github.modernbert.server.api.Body;
import io.github.modernbert.server.api.Body.Form;
import io.github.modernbert.server.api.Body.Member;
import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.api.Measured;
import io.github.modernbert.server.api.ModelChoice;
import io.github.modernbert.server.api.ModelChoice.Chosen;
import io.github.modernbert.server.api.Size;
import io.github.modernbert.server.api.TextReading;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.JsonOutput;
import io.github.modernbert.server.http.Reply;
import io.github.modernbert.server.metrics.Metrics;
import io.github.modernbert.tokenizer.EncodeOptions;

/**
 * {@code /v1/answer}: the parts of a text that answer a question.
 *
 * @param context what endpoints need
 */
public record AnswerEndpoint(Context context) {
  private static final Member<String> QUESTION = Member.text("question");
  private static final Member<String> CONTEXT = Member.text("context");
  private static final Member<Integer> TOP_K = Member.integer(1, "top_k");
  private static final Member<Integer> MAX_ANSWER_LENGTH = Member.integer(1, "max_answer_len");
  private static final Member<Integer> STRIDE = Member.integer(0, "doc_stride");
  private static final Member<Boolean> NO_ANSWER = Member.truth("handle_impossible_answer");
  private static final Member<Boolean> ALIGN_TO_WORDS = Member.truth("align_to_words");
  private static final Form FORM =
      TextReading.FORM.with(
          ModelChoice.MODEL,
          QUESTION,
          CONTEXT,
          TOP_K,
          MAX_ANSWER_LENGTH,
          STRIDE,
          NO_ANSWER,
          ALIGN_TO_WORDS);

  /** Answers. */
  public Reply answer(Call call) {
    Body body = FORM.read(call);
    String question = body.requiredText(QUESTION);
    String text = body.requiredText(CONTEXT);
    Chosen<QuestionAnswerer> chosen =
        context.models().of(QuestionAnswerer.class, Task.QUESTION_ANSWERING, body);
    AnswerOptions options = options(body);
    return new Measured(
            call,
            context,
            Metrics.Work.PREDICT,
            chosen.alias(),
            new Size(1, false, Size.characters(question) + Size.characters(text)))
        .reply(
            times -> chosen.model().answer(question, text, times.of(options)),
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

  private AnswerOptions options(Body body) {
    AnswerOptions options = context.reading(body).applyTo(AnswerOptions.defaults());
    options = body.apply(options, TOP_K, AnswerOptions::topK);
    options = body.apply(options, MAX_ANSWER_LENGTH, AnswerOptions::maxAnswerLength);
    options = body.apply(options, STRIDE, AnswerOptions::stride);
    options = body.apply(options, NO_ANSWER, AnswerOptions::noAnswer);
    return body.apply(options, ALIGN_TO_WORDS, AnswerOptions::alignToWords);
  }

  private static void write(JsonOutput out, String text, Answer answer) {
    out.beginObject().member("answer", answer.text()).member("score", answer.score());
    TaskBody.place(out, text, answer.start(), answer.end()).endObject();
  }
}
