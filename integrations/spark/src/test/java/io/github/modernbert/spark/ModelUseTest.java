package io.github.modernbert.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.apache.spark.SparkConf;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many threads a model gets on an executor. */
final class ModelUseTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "local[2]; ; 2",
        "local[3,4]; ; 3",
        "local[*]; ; 64",
        "local; ; 1",
        "spark://host:7077; ; 64",
        "spark://host:7077; 8; 8",
        "local-cluster[2,1,1024]; ; 64",
        "yarn; ; 1",
        "yarn; 16; 16",
        "k8s://https://host; ; 1",
      })
  void coresAreThoseOfTheExecutor(String master, @Nullable String cores, int expected) {
    SparkConf conf = new SparkConf(false).set("spark.master", master);
    if (cores != null) {
      conf.set("spark.executor.cores", cores);
    }
    assertEquals(expected, ModelUse.cores(conf, 64));
  }
}
