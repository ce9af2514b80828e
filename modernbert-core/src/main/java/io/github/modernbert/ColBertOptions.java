package io.github.modernbert;

/** How texts are read by a {@link ColBert}. Immutable; start from {@link #defaults}. */
public final class ColBertOptions extends TaskOptions<ColBertOptions> {
  private static final ColBertOptions DEFAULTS = new ColBertOptions(Reading.DEFAULTS);

  private ColBertOptions(Reading reading) {
    super(reading);
  }

  /** As long as the model reads; texts that are too long are cut. */
  public static ColBertOptions defaults() {
    return DEFAULTS;
  }

  @Override
  ColBertOptions with(Reading reading) {
    return new ColBertOptions(reading);
  }
}
