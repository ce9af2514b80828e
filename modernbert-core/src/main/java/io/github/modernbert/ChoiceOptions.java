package io.github.modernbert;

import io.github.modernbert.tasks.ReadOptions;

/** Options of a {@link MultipleChoice} model. Immutable; start from {@link #defaults}. */
public final class ChoiceOptions extends TaskOptions<ChoiceOptions> {
  private static final ChoiceOptions DEFAULTS = new ChoiceOptions(ReadOptions.DEFAULTS);

  private ChoiceOptions(ReadOptions reading) {
    super(reading);
  }

  /** Options with which pairs of prompt and choice that are too long are cut. */
  public static ChoiceOptions defaults() {
    return DEFAULTS;
  }

  @Override
  ChoiceOptions with(ReadOptions values) {
    return new ChoiceOptions(values);
  }
}
