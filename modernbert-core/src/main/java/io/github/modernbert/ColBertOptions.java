package io.github.modernbert;

import io.github.modernbert.tasks.ReadOptions;

/** How texts are read by a {@link ColBert}. Immutable; start from {@link #defaults}. */
public final class ColBertOptions extends TaskOptions<ColBertOptions> {
  private static final ColBertOptions DEFAULTS = new ColBertOptions(ReadOptions.DEFAULTS);

  private ColBertOptions(ReadOptions reading) {
    super(reading);
  }

  /** As long as the model reads; texts that are too long are cut. */
  public static ColBertOptions defaults() {
    return DEFAULTS;
  }

  @Override
  ColBertOptions with(ReadOptions reading) {
    return new ColBertOptions(reading);
  }
}
