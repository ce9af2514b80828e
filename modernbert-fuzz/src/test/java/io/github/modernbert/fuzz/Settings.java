package io.github.modernbert.fuzz;

import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How much is tried, from system properties: {@code fuzz.area}, {@code fuzz.seed}, {@code
 * fuzz.first}, {@code fuzz.count} and {@code fuzz.findings}.
 *
 * @param area the only area, or empty for all
 * @param seed what inputs are made of, with their numbers; chosen at random if it is not given
 * @param first the number of the first input
 * @param findings the folder that findings are kept in
 */
record Settings(String area, long seed, long first, long count, Path findings) {
  private static final long BUILD_COUNT = 200;

  static Settings ofProperties() {
    String seed = System.getProperty("fuzz.seed", "1");
    return new Settings(
        System.getProperty("fuzz.area", ""),
        seed.isEmpty() ? ThreadLocalRandom.current().nextLong() : Long.parseLong(seed),
        Long.getLong("fuzz.first", 0),
        Long.getLong("fuzz.count", BUILD_COUNT),
        Path.of(System.getProperty("fuzz.findings", "target/findings")));
  }
}
