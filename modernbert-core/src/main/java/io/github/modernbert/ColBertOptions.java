package io.github.modernbert;

import io.github.modernbert.tasks.ReadOptions;

/** Options of a {@link ColBert} model. Immutable; start from {@link #defaults}. */
public final class ColBertOptions extends TaskOptions<ColBertOptions> {
  private static final ColBertOptions DEFAULTS = new ColBertOptions(ReadOptions.DEFAULTS, true);

  private final boolean expandQueries;

  private ColBertOptions(ReadOptions reading, boolean expandQueries) {
    super(reading);
    this.expandQueries = expandQueries;
  }

  /**
   * Options with the model's own lengths. Texts that are too long are cut; queries are expanded if
   * the model's files ask for it.
   */
  public static ColBertOptions defaults() {
    return DEFAULTS;
  }

  /**
   * A copy that expands queries or does not. An expanded query is padded with mask tokens, which
   * get vectors like its own tokens (query augmentation, arXiv:2004.12832). Without them a query
   * has fewer vectors and scores are smaller, so compare scores of one kind only.
   *
   * @param expand whether queries are expanded; has no effect on models that do not expand them
   */
  public ColBertOptions expandQueries(boolean expand) {
    return new ColBertOptions(reading(), expand);
  }

  /** Whether queries are expanded, if the model's files ask for it. */
  public boolean expandQueries() {
    return expandQueries;
  }

  @Override
  ColBertOptions with(ReadOptions reading) {
    return new ColBertOptions(reading, expandQueries);
  }
}
