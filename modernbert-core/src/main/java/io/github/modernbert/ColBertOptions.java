package io.github.modernbert;

import io.github.modernbert.tasks.ReadOptions;

/** How texts are read by a {@link ColBert}. Immutable; start from {@link #defaults}. */
public final class ColBertOptions extends TaskOptions<ColBertOptions> {
  private static final ColBertOptions DEFAULTS = new ColBertOptions(ReadOptions.DEFAULTS, true);

  private final boolean expandQueries;

  private ColBertOptions(ReadOptions reading, boolean expandQueries) {
    super(reading);
    this.expandQueries = expandQueries;
  }

  /**
   * As long as the model reads; texts that are too long are cut; queries are expanded if the model
   * expands them.
   */
  public static ColBertOptions defaults() {
    return DEFAULTS;
  }

  /**
   * A copy that says whether queries are filled up with the tokens that the model puts behind them,
   * which get vectors like those of the query (query augmentation, arXiv:2004.12832). Without them
   * a query has fewer vectors, and scores are smaller: compare those of one kind only.
   *
   * @param expand whether; has no effect on models that do not expand queries
   */
  public ColBertOptions expandQueries(boolean expand) {
    return new ColBertOptions(reading(), expand);
  }

  /** Whether queries are filled up as the model says. */
  public boolean expandQueries() {
    return expandQueries;
  }

  @Override
  ColBertOptions with(ReadOptions reading) {
    return new ColBertOptions(reading, expandQueries);
  }
}
