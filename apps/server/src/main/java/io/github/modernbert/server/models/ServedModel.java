package io.github.modernbert.server.models;

import io.github.modernbert.ModelInfo;
import io.github.modernbert.TaskModel;
import io.github.modernbert.server.config.ModelSpec;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A model and its name. Safe for use by several threads. */
public final class ServedModel {
  private final ModelSpec spec;
  private volatile @Nullable TaskModel model;
  private volatile @Nullable ModelInfo info;

  ServedModel(ModelSpec spec) {
    this.spec = spec;
  }

  /** The name of the model in requests. */
  public String alias() {
    return spec.alias();
  }

  /** The folder or name it is loaded from. */
  public String source() {
    return spec.source();
  }

  ModelSpec spec() {
    return spec;
  }

  void isReady(TaskModel loaded) {
    info = loaded.info();
    model = loaded;
  }

  /** The model, once it is loaded and warm. */
  public Optional<TaskModel> model() {
    return Optional.ofNullable(model);
  }

  /** The description of the model, once it is loaded and warm. */
  public Optional<ModelInfo> info() {
    return Optional.ofNullable(info);
  }
}
