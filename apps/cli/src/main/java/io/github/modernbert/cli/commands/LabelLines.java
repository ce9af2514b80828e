package io.github.modernbert.cli.commands;

import io.github.modernbert.Classification;
import io.github.modernbert.cli.output.JsonLine;
import java.util.Locale;
import java.util.stream.Collectors;

/** Labels with their scores, as text or as JSON. */
record LabelLines(boolean json) implements TextRun.Line<Classification> {
  @Override
  public String of(long index, String text, Classification result) {
    if (json) {
      return JsonLine.ofText(index, result.tokens(), result.truncated())
          .with("labels", result.labels())
          .line();
    }
    String labels =
        result.labels().stream()
            .map(l -> String.format(Locale.ROOT, "%s %.4f", l.label(), l.score()))
            .collect(Collectors.joining("  "));
    return labels + "  |  " + text + "\n";
  }
}
