package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.ReadOptions;
import java.util.List;
import java.util.Optional;

/**
 * Which tokens to find for masks. Immutable; start from {@link #defaults}.
 *
 * {@snippet file="io/github/modernbert/TokenSnippetsTest.java" region="fill-mask-options"}
 */
public final class FillMaskOptions extends TaskOptions<FillMaskOptions> {
  private static final int TOP_K = 5;
  private static final FillMaskOptions DEFAULTS =
      new FillMaskOptions(TOP_K, Optional.empty(), ReadOptions.DEFAULTS);

  private final int topK;
  private final Optional<List<String>> targets;

  private FillMaskOptions(int topK, Optional<List<String>> targets, ReadOptions reading) {
    super(reading);
    this.topK = topK;
    this.targets = targets;
  }

  /** The best five tokens of the whole vocabulary; texts that are too long are cut. */
  public static FillMaskOptions defaults() {
    return DEFAULTS;
  }

  /**
   * How many tokens to find for each mask.
   *
   * @param count from 1; more than there are tokens, or targets, gives all
   */
  public FillMaskOptions topK(int count) {
    return new FillMaskOptions(Arguments.requirePositive("topK", count), targets, reading());
  }

  /**
   * Considers these tokens only; scores remain probabilities among the whole vocabulary. A target
   * is a token as it stands in the vocabulary (where {@code Ġ} is the space before a word); of
   * others the first token of what the tokenizer makes of them is taken, as the reference does, so
   * {@code " river"} with its space is what continues a sentence.
   *
   * @see FillMask#targetIds
   */
  public FillMaskOptions targets(List<String> tokens) {
    return new FillMaskOptions(topK, Optional.of(Arguments.elements(tokens, "targets")), reading());
  }

  @Override
  FillMaskOptions with(ReadOptions reading) {
    return new FillMaskOptions(topK, targets, reading);
  }

  int topK() {
    return topK;
  }

  Optional<List<String>> targets() {
    return targets;
  }
}
