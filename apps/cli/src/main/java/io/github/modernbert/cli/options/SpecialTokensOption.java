package io.github.modernbert.cli.options;

import io.github.modernbert.TaskOptions;
import io.github.modernbert.tokenizer.EncodeOptions;
import picocli.CommandLine.Option;

/** The option that reads special tokens in texts as other text. */
public final class SpecialTokensOption {
  @Option(
      names = "--split-special-tokens",
      description = "Read [SEP] and the like in texts as other text: for texts of strangers.")
  private boolean split;

  public <O extends TaskOptions<O>> O applyTo(O options) {
    return options.splitSpecialTokens(split);
  }

  public EncodeOptions applyTo(EncodeOptions options) {
    return split ? options.withSplitSpecialTokens(true) : options;
  }
}
