package io.github.modernbert.tasks;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Chooses what queries, documents and other texts pass in a model whose {@code Router} decides
 * that. The name of the prompt names the task, as {@code encode_query} and {@code encode_document}
 * of sentence-transformers have one for both.
 */
public final class TaskRoute {
  private static final String QUERY = "query";
  private static final String DOCUMENT = "document";

  private TaskRoute() {}

  /**
   * The route of a call.
   *
   * @param byTask the routes of {@code query} and {@code document}; empty if all texts are alike
   * @param unnamed the route of other texts
   * @throws IllegalArgumentException if there is no route for the call
   */
  public static <R> R choose(Map<String, R> byTask, Optional<R> unnamed, PromptChoice prompt) {
    String task = prompt.name().orElse("");
    if (byTask.isEmpty() || !task.equals(QUERY) && !task.equals(DOCUMENT)) {
      return unnamed.orElseThrow(() ->
          new IllegalArgumentException(
              "the model has no default route; choose one by the name of the prompt: "
                  + new TreeMap<>(byTask).keySet()));
    }
    R route = byTask.get(task);
    if (route == null) {
      throw new IllegalArgumentException(
          "the model has no route for '%s', only for %s"
              .formatted(task, new TreeMap<>(byTask).keySet()));
    }
    return route;
  }

  /** The routes in words. */
  public static <R> String describe(
      Map<String, R> byTask, Optional<R> unnamed, Function<R, String> words) {
    String tasks =
        new TreeMap<>(byTask)
            .entrySet().stream()
                .map(route -> route.getKey() + ": " + words.apply(route.getValue()))
                .collect(Collectors.joining("; "));
    return byTask.isEmpty() ? unnamed.map(words).orElse("") : tasks;
  }
}
