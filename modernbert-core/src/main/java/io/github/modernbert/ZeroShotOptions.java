package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.ReadOptions;

/**
 * How texts are given labels that the caller chooses. Immutable; start from {@link #defaults}.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="zero-shot-options"}
 */
public final class ZeroShotOptions extends TaskOptions<ZeroShotOptions> {
  /** Where the label goes in a template. */
  private static final String PLACE = "{}";

  private static final ZeroShotOptions DEFAULTS =
      new ZeroShotOptions("This example is {}.", false, ReadOptions.DEFAULTS);

  private final String template;
  private final boolean multiLabel;

  private ZeroShotOptions(String template, boolean multiLabel, ReadOptions reading) {
    super(reading);
    this.template = template;
    this.multiLabel = multiLabel;
  }

  /**
   * The template {@code This example is {}.}; one label is right, so scores sum up to 1; texts that
   * are too long are cut.
   */
  public static ZeroShotOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Makes hypotheses of labels with another sentence.
   *
   * @param sentence holds {@code {}} once, where the label goes
   */
  public ZeroShotOptions template(String sentence) {
    int at = Arguments.notNull(sentence, "template").indexOf(PLACE);
    if (at < 0 || sentence.indexOf(PLACE, at + 1) >= 0) {
      throw new IllegalArgumentException(
          "template must hold {} once, where the label goes; found '" + sentence + "'");
    }
    return new ZeroShotOptions(sentence, multiLabel, reading());
  }

  /** Whether any number of labels can be right: each then has its own probability. */
  public ZeroShotOptions multiLabel(boolean value) {
    return new ZeroShotOptions(template, value, reading());
  }

  @Override
  ZeroShotOptions with(ReadOptions values) {
    return new ZeroShotOptions(template, multiLabel, values);
  }

  String hypothesis(String label) {
    return template.replace(PLACE, label);
  }

  boolean multiLabel() {
    return multiLabel;
  }
}
