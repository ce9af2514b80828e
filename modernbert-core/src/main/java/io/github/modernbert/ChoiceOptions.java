package io.github.modernbert;

/** How choices are read. Immutable; start from {@link #defaults}. */
public final class ChoiceOptions extends TaskOptions<ChoiceOptions> {
  private static final ChoiceOptions DEFAULTS = new ChoiceOptions(Reading.DEFAULTS);

  private ChoiceOptions(Reading reading) {
    super(reading);
  }

  /** Pairs of prompt and choice that are too long are cut. */
  public static ChoiceOptions defaults() {
    return DEFAULTS;
  }

  @Override
  ChoiceOptions with(Reading values) {
    return new ChoiceOptions(values);
  }
}
