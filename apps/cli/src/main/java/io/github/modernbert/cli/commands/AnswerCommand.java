package io.github.modernbert.cli.commands;

import io.github.modernbert.Answer;
import io.github.modernbert.AnswerOptions;
import io.github.modernbert.QuestionAnswerer;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.input.TextSource;
import io.github.modernbert.cli.options.TaskModelOptions;
import io.github.modernbert.cli.options.Usage;
import io.github.modernbert.cli.output.JsonLine;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code modernbert answer}. */
@Command(
    name = "answer",
    description = "Finds the part of a text that answers a question.",
    sortOptions = false,
    footer = {
      "",
      "@|bold Examples|@",
      "  modernbert answer --model ~/models/squad \"When does it open?\" --file bakery.txt",
      "  modernbert answer --model ~/models/squad --no-answer -k 3 \"Who?\" -f bakery.txt --json",
      "",
      "Prints score, place in the text and answer, best first. The whole file is one text; places",
      "count UTF-16 units, with line ends as one.",
    })
final class AnswerCommand implements ConsoleCommand {
  @Parameters(paramLabel = "QUESTION", description = "What to answer.")
  private String question = "";

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      required = true,
      description = "The text that may hold the answer (UTF-8); - for standard input.")
  private Path file = Path.of("-");

  @Option(
      names = {"-k", "--top"},
      paramLabel = "K",
      description = "How many answers to print at most. Default: 1.")
  private int top = 1;

  @Option(
      names = "--max-answer-length",
      paramLabel = "N",
      description = "Tokens of an answer at most. Default: 15.")
  private Optional<Integer> maxAnswerLength = Optional.empty();

  @Option(
      names = "--stride",
      paramLabel = "N",
      description = "Tokens that windows of a long text share. Default: 128, at most half of one.")
  private Optional<Integer> stride = Optional.empty();

  @Option(
      names = "--no-answer",
      description = "That there is no answer is one, printed as an empty text.")
  private boolean noAnswer;

  @Option(
      names = "--parts-of-words",
      description = "Do not extend answers to whole words: for languages without spaces.")
  private boolean partsOfWords;

  @Mixin private TaskModelOptions model = new TaskModelOptions();

  @Override
  public int run(Console console) throws IOException {
    AnswerOptions options = model.check(this::options);
    String context;
    try (Stream<String> lines = TextSource.lines(file, console).open()) {
      context = lines.collect(Collectors.joining("\n"));
    }
    List<Answer> answers;
    try (QuestionAnswerer answerer = model.load(QuestionAnswerer::load)) {
      answers = answerer.answer(question, context, options);
    }
    print(answers, console.text());
    return ExitCode.OK;
  }

  private AnswerOptions options() {
    AnswerOptions options =
        model
            .applyTo(AnswerOptions.defaults())
            .topK(top)
            .noAnswer(noAnswer)
            .alignToWords(!partsOfWords);
    options = Usage.with(options, stride, AnswerOptions::stride);
    return Usage.with(options, maxAnswerLength, AnswerOptions::maxAnswerLength);
  }

  private void print(List<Answer> answers, Writer out) throws IOException {
    for (int i = 0; i < answers.size(); i++) {
      Answer answer = answers.get(i);
      out.write(
          model.json()
              ? new JsonLine()
                  .with("rank", i + 1)
                  .with("score", answer.score())
                  .with("start", answer.start())
                  .with("end", answer.end())
                  .with("text", answer.text())
                  .line()
              : String.format(
                  Locale.ROOT,
                  "%.4f  %d-%d  %s\n",
                  answer.score(),
                  answer.start(),
                  answer.end(),
                  answer.text().strip().replace('\n', ' ')));
    }
    out.flush();
  }
}
