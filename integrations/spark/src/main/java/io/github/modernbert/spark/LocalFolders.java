package io.github.modernbert.spark;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkFiles;
import org.jspecify.annotations.Nullable;

/** Where a node keeps the copies of models that its executors share. */
final class LocalFolders {
  /** The setting that names the folder, where none of the cluster manager's shall be used. */
  static final String SETTING = "spark.modernbert.copies";

  private LocalFolders() {}

  /**
   * The folder for copies of models: the one that is set; else below the local folder that the
   * executors of an application on a node have in common, as YARN, the standalone worker and others
   * name it in the environment; else the executor's own.
   */
  static Path configured() {
    @Nullable String chosen = SparkEnv.get().conf().get(SETTING, null);
    if (chosen != null) {
      return Path.of(chosen);
    }
    String local =
        Stream.of("LOCAL_DIRS", "SPARK_EXECUTOR_DIRS", "SPARK_LOCAL_DIRS")
            .map(System::getenv)
            .filter(folders -> folders != null && !folders.isBlank())
            .map(folders -> folders.split("[,:]")[0])
            .findFirst()
            .orElseGet(SparkFiles::getRootDirectory);
    return Path.of(local, "modernbert-models");
  }
}
