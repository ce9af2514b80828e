package io.github.modernbert.spark;

import io.github.modernbert.LoadOptions;
import io.github.modernbert.Models;
import io.github.modernbert.TaskModel;
import io.github.modernbert.TextEmbedder;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkFiles;
import org.jspecify.annotations.Nullable;

/**
 * Where executors find a model's files. What is sent to them are names and sizes, never weights.
 */
sealed interface ModelSource extends Serializable {
  /** Tells the files of this source from those of others, among the models of a JVM. */
  String key();

  /** Loads the model, on an executor. */
  <M extends TaskModel> M load(TextTask<M> task, LoadOptions options);

  /** The model of the artifact {@code modernbert-mini}, which makes embeddings. */
  record Bundled() implements ModelSource {
    @Override
    public String key() {
      return "bundled";
    }

    @Override
    public <M extends TaskModel> M load(TextTask<M> task, LoadOptions options) {
      return task.modelClass().cast(TextEmbedder.bundled(options));
    }
  }

  /**
   * A model that each node finds by itself.
   *
   * @param name the path of a folder on the node; the name of a folder among the application's
   *     files ({@code --archives}); or the name of a model, such as {@code organisation/name}
   */
  record Named(String name) implements ModelSource {
    /** The folder itself: sessions may have shipped different ones by one name. */
    @Override
    public String key() {
      return folder().map(Path::toString).orElse(name);
    }

    @Override
    public <M extends TaskModel> M load(TextTask<M> task, LoadOptions options) {
      return task.load(folder().orElseGet(() -> Models.locate(name)), options);
    }

    /** Whether this can only be the name of a model, as far as the driver can tell. */
    boolean isNameOfModel() {
      return folder().isEmpty() && name.matches("[^/]+/[^/]+");
    }

    private Optional<Path> folder() {
      return existing(name).or(this::shipped);
    }

    private Optional<Path> shipped() {
      return SparkEnv.get() == null ? Optional.empty() : existing(SparkFiles.get(name));
    }

    private static Optional<Path> existing(String path) {
      try {
        return Optional.of(Path.of(path)).filter(file -> !path.isEmpty() && Files.exists(file));
      } catch (InvalidPathException e) {
        return Optional.empty();
      }
    }
  }

  /**
   * A folder of a Hadoop file system, which each node copies to its disk once.
   *
   * @param files what the driver found there
   */
  record Remote(RemoteFolder files) implements ModelSource {
    @Override
    public String key() {
      return files.path() + "#" + files.version();
    }

    @Override
    public <M extends TaskModel> M load(TextTask<M> task, LoadOptions options) {
      return task.load(files.copy(LocalFolders.configured()), options);
    }
  }

  /**
   * The source that a transformer's model names.
   *
   * @param model as {@link ModernBertTransformer#setModel} takes it; null for the bundled one
   * @param hadoop tells where file systems are
   * @throws IOException if a folder of a Hadoop file system cannot be listed
   */
  static ModelSource of(@Nullable String model, Configuration hadoop) throws IOException {
    if (model == null) {
      return new Bundled();
    }
    if (model.startsWith("file:")) {
      return new Named(new org.apache.hadoop.fs.Path(model).toUri().getPath());
    }
    return model.matches("(?s)[A-Za-z][A-Za-z0-9+.-]+:.*")
        ? new Remote(RemoteFolder.list(model, hadoop))
        : new Named(model);
  }
}
