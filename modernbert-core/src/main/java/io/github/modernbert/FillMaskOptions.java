package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.ReadOptions;
import java.util.List;
import java.util.Optional;

/**
 * Options of a {@link FillMask} model. Immutable; start from {@link #defaults}.
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

  /**
   * Options that give the best five tokens of the whole vocabulary and cut texts that are too long.
   */
  public static FillMaskOptions defaults() {
    return DEFAULTS;
  }

  /**
   * A copy with another number of tokens for each mask.
   *
   * @param count the greatest number of tokens, from 1; more than there are tokens, or targets,
   *     gives all
   * @throws IllegalArgumentException if it is less than 1
   */
  public FillMaskOptions topK(int count) {
    return new FillMaskOptions(Arguments.requirePositive("topK", count), targets, reading());
  }

  /**
   * A copy that considers only some tokens. Scores remain probabilities among the whole vocabulary.
   *
   * @param tokens tokens as the vocabulary spells them (where {@code Ġ} is the space before a
   *     word); of a word that is not in the vocabulary the first of its tokens is taken, as in the
   *     reference, so {@code " river"} with its space continues a sentence
   * @throws IllegalArgumentException if the list or a token is null
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
