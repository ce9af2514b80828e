package io.github.modernbert.server.api;

import io.github.modernbert.ModelInfo;
import io.github.modernbert.Task;
import io.github.modernbert.TaskModel;
import io.github.modernbert.server.api.Body.Member;
import io.github.modernbert.server.http.ApiException;
import io.github.modernbert.server.http.ErrorKind;
import io.github.modernbert.server.models.ModelRegistry;
import io.github.modernbert.server.models.ServedModel;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the model for a request: the one it names, or else the first that can do what it asks for.
 *
 * @param registry all models
 */
public record ModelChoice(ModelRegistry registry) {
  /** The member of requests that names a model. */
  public static final Member<String> MODEL = Member.textOrNull("model");

  /**
   * A model that can do what a request asks for.
   *
   * @param alias what requests call it
   * @param model the model
   * @param info what it is
   */
  public record Chosen<T>(String alias, T model, ModelInfo info) {}

  /**
   * Finds a model of a class. A server with one such model takes every name for it, as
   * text-embeddings-inference does.
   *
   * @param body may have the {@link #MODEL}
   * @throws ApiException if there is none, or it is not loaded yet
   */
  public <T> Chosen<T> of(Class<T> type, Task task, Body body) {
    requireReady();
    String name = body.find(MODEL);
    List<ServedModel> able =
        registry.all().stream().filter(served -> type.isInstance(loaded(served))).toList();
    Optional<ServedModel> named = named(name);
    if (named.isPresent() && !able.contains(named.get())) {
      throw cannot(named.get(), task);
    }
    if (able.isEmpty()) {
      throw cannot(registry.all().getFirst(), task);
    }
    if (name != null && named.isEmpty() && able.size() > 1) {
      throw unknown(name);
    }
    ServedModel chosen = named.orElse(able.getFirst());
    return new Chosen<>(chosen.alias(), type.cast(loaded(chosen)), chosen.info().orElseThrow());
  }

  /** The model that a request names, or the default one, whatever it can do. */
  public Chosen<TaskModel> any(@Nullable String name) {
    requireReady();
    Optional<ServedModel> named = named(name);
    if (name != null && named.isEmpty() && registry.all().size() > 1) {
      throw unknown(name);
    }
    ServedModel chosen = named.orElse(registry.all().getFirst());
    return new Chosen<>(chosen.alias(), loaded(chosen), chosen.info().orElseThrow());
  }

  /**
   * The model that a request names, or else one of the first class of which there is any, or else
   * the default one.
   */
  public TaskModel firstOf(Body body, Class<?>... types) {
    requireReady();
    return named(body.find(MODEL))
        .map(ModelChoice::loaded)
        .orElseGet(() ->
            Arrays.stream(types)
                .flatMap(type ->
                    registry.all().stream().map(ModelChoice::loaded).filter(type::isInstance))
                .findFirst()
                .orElse(loaded(registry.all().getFirst())));
  }

  /** The model of exactly this name. */
  public Optional<ServedModel> named(@Nullable String name) {
    return registry.all().stream().filter(served -> served.alias().equals(name)).findFirst();
  }

  private static TaskModel loaded(ServedModel served) {
    return served.model().orElseThrow();
  }

  private void requireReady() {
    if (!registry.isReady()) {
      throw new ApiException(ErrorKind.UNHEALTHY, "the models are not loaded yet");
    }
  }

  private ApiException unknown(String name) {
    return new ApiException(
        ErrorKind.NOT_FOUND,
        "no model '%s'; there are %s"
            .formatted(name, registry.all().stream().map(ServedModel::alias).toList()));
  }

  private static ApiException cannot(ServedModel served, Task task) {
    return new ApiException(
        ErrorKind.BACKEND,
        "model %s cannot do %s: it is loaded for %s"
            .formatted(
                served.alias(),
                task.key(),
                served.model().map(TaskModel::getClass).orElseThrow().getSimpleName()));
  }
}
