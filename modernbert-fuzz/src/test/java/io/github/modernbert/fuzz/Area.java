package io.github.modernbert.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/** Something that reads what others wrote, and must end well whatever that is. */
interface Area {
  /** The name of the area in {@code -Dfuzz.area}. */
  String name();

  /**
   * Copies what inputs are made of; called once, before the first.
   *
   * @param folder an empty one that is the area's own
   */
  void prepare(Path folder) throws IOException;

  /** Makes an input: something valid that was changed at random. */
  Input input(RandomGenerator random);

  /**
   * One input.
   *
   * @param what says what was changed, for reports
   * @param bytes those that were changed, which are kept with a finding
   * @param use lets the library read it
   */
  record Input(String what, byte[] bytes, Use use) {}

  /** Something that ends normally, or as {@link Verdict} allows. */
  @FunctionalInterface
  interface Use {
    void run() throws IOException;
  }
}
