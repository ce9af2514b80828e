package io.github.modernbert.cli.commands;

import io.github.modernbert.Aggregation;
import io.github.modernbert.Entities;
import io.github.modernbert.Entity;
import io.github.modernbert.TokenClassifier;
import io.github.modernbert.TokenClassifyOptions;
import io.github.modernbert.WordEntities;
import io.github.modernbert.WordEntity;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.options.Usage;
import io.github.modernbert.cli.options.WordsOption;
import io.github.modernbert.cli.output.JsonLine;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code modernbert entities}. */
@Command(
    name = "entities",
    description = "Finds names and other entities in texts, by a model that labels tokens.",
    sortOptions = false,
    footer = {
      "",
      "@|bold Examples|@",
      "  modernbert entities --model ~/models/ner \"Ada Lovelace lived in London.\"",
      "  modernbert entities --model ~/models/ner --aggregation first --stride 64 -f letters.txt",
      "",
      "Prints number of the text, label, score, place and text of each entity. A line of JSON"
          + " holds",
      "all entities of a text; places count UTF-16 units, as Java and JavaScript do. With --words",
      "they are the numbers of the first and the last word, from 0.",
    })
final class EntitiesCommand implements ConsoleCommand {
  @Option(
      names = "--aggregation",
      paramLabel = "NAME",
      description =
          "${COMPLETION-CANDIDATES}: how tokens become entities. NONE prints tokens; FIRST,"
              + " AVERAGE and MAX never cut words. Default: SIMPLE.")
  private Aggregation aggregation = Aggregation.SIMPLE;

  @Option(
      names = "--ignore",
      paramLabel = "LABEL",
      description = "A label to leave out instead of O; repeat it for more.")
  private List<String> ignore = List.of();

  @Option(
      names = "--stride",
      paramLabel = "N",
      description =
          "Read texts that are too long in windows that share N tokens, and find entities in each"
              + " by itself, as transformers does. Default: windows whose tokens are put together.")
  private Optional<Integer> stride = Optional.empty();

  @Mixin private WordsOption words = new WordsOption();
  @Mixin private TextRun task = new TextRun();

  @Override
  public int run(Console console) throws IOException {
    if (words.given()) {
      return task.run(
          console,
          TokenClassifier::load,
          this::options,
          (classifier, texts, options) ->
              classifier.classifyWordLists(texts.map(WordsOption::of), options),
          this::linesOfWords);
    }
    return task.run(
        console, TokenClassifier::load, this::options, TokenClassifier::classify, this::lines);
  }

  private TokenClassifyOptions options() {
    TokenClassifyOptions options =
        task.applyTo(TokenClassifyOptions.defaults()).aggregation(aggregation);
    options = ignore.isEmpty() ? options : options.ignoreLabels(ignore.toArray(String[]::new));
    return Usage.with(options, stride, TokenClassifyOptions::stride);
  }

  private String lines(long index, String text, Entities result) {
    if (task.json()) {
      return json(index, result.tokens(), result.truncated(), result.entities());
    }
    var lines = new StringBuilder();
    for (Entity e : result.entities()) {
      lines.append(line(index, e.label(), e.score(), e.start(), e.end(), e.text()));
    }
    return lines.toString();
  }

  private String linesOfWords(long index, String text, WordEntities result) {
    if (task.json()) {
      return json(index, result.tokens(), result.truncated(), result.entities());
    }
    var lines = new StringBuilder();
    for (WordEntity e : result.entities()) {
      lines.append(line(index, e.label(), e.score(), e.firstWord(), e.lastWord(), e.text()));
    }
    return lines.toString();
  }

  private static String json(long index, int tokens, boolean truncated, List<?> entities) {
    return JsonLine.ofText(index, tokens, truncated).with("entities", entities).line();
  }

  private static String line(
      long index, String label, float score, int first, int last, String text) {
    return String.format(
        Locale.ROOT,
        "%d  %s  %.4f  %d-%d  %s\n",
        index + 1,
        label,
        score,
        first,
        last,
        text.strip());
  }
}
