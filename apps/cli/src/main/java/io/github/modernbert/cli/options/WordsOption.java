package io.github.modernbert.cli.options;

import java.util.List;
import picocli.CommandLine.Option;

/** The option that says that texts are divided into words already. */
public final class WordsOption {
  @Option(
      names = "--words",
      description =
          "Texts are words with spaces or tabs between them, and each word is tokenized by itself:"
              + " is_split_into_words of transformers.")
  private boolean given;

  public boolean given() {
    return given;
  }

  /** The words of a text; the empty word alone if there are none. */
  public static List<String> of(String text) {
    return List.of(text.trim().split("[ \t]+"));
  }
}
