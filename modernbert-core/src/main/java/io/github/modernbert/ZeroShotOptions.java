package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.ReadOptions;

/**
 * Options of a {@link ZeroShotClassifier}. Immutable; start from {@link #defaults}.
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
   * Options with the template {@code This example is {}.}, with one right label, so that scores sum
   * to 1. Texts that are too long are cut.
   */
  public static ZeroShotOptions defaults() {
    return DEFAULTS;
  }

  /**
   * A copy that makes hypotheses of labels with another sentence.
   *
   * @param sentence the sentence, with {@code {}} once in place of the label
   * @throws IllegalArgumentException if it is null or does not hold {@code {}} once
   */
  public ZeroShotOptions template(String sentence) {
    int at = Arguments.notNull(sentence, "template").indexOf(PLACE);
    if (at < 0 || sentence.indexOf(PLACE, at + 1) >= 0) {
      throw new IllegalArgumentException(
          "template must hold {} once, where the label goes; found '" + sentence + "'");
    }
    return new ZeroShotOptions(sentence, multiLabel, reading());
  }

  /**
   * A copy that lets any number of labels be right, each with its own probability, or just one.
   *
   * @param value whether several labels can be right
   */
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
