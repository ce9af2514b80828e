package io.github.modernbert.weights;

import io.github.modernbert.files.ModelFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The modules that queries and documents pass in a model with a {@code Router}. All routes of such
 * a model begin with the same transformer.
 *
 * @param byTask the steps after the transformer for {@code query} and {@code document}; a task
 *     without a route is missing
 * @param hasDefault whether texts without a task have a route: then it is the one of {@link
 *     SentenceTransformersFolder#modules}
 */
public record TaskRoutes(Map<String, List<EmbeddingModule>> byTask, boolean hasDefault) {
  private static final List<String> TASKS = List.of("query", "document");

  /** Copies the map. */
  public TaskRoutes {
    byTask = Map.copyOf(byTask);
  }

  /**
   * Reads the routes.
   *
   * @param main the steps of the main modules
   * @param steps reads what follows the transformer
   */
  static TaskRoutes of(
      ModuleList modules,
      List<EmbeddingModule> main,
      Function<List<ModuleList.Entry>, List<EmbeddingModule>> steps) {
    var byTask = new TreeMap<String, List<EmbeddingModule>>();
    for (String task : TASKS) {
      modules
          .of(Optional.of(task))
          .ifPresent(route -> {
            requireSameTransformer(modules.main().getFirst(), route.getFirst());
            byTask.put(task, steps.apply(route));
            requireSameStates(route.getFirst(), main, byTask.get(task));
          });
    }
    Optional<List<ModuleList.Entry>> unnamed = modules.of(Optional.empty());
    unnamed.ifPresent(route -> requireSameTransformer(modules.main().getFirst(), route.getFirst()));
    return new TaskRoutes(byTask, unnamed.isPresent());
  }

  private static void requireSameTransformer(ModuleList.Entry main, ModuleList.Entry route) {
    Path expected = main.folder();
    if (!route.folder().equals(expected)) {
      throw route
          .type()
          .mismatch(
              "the same Transformer for all routes, "
                  + expected.getFileName()
                  + "; save the modules of one route as a model of their own");
    }
  }

  private static void requireSameStates(
      ModuleList.Entry transformer, List<EmbeddingModule> main, List<EmbeddingModule> route) {
    if (!averaged(main).equals(averaged(route))) {
      throw new ModelFileException(
          transformer.type().file(), "expected the same WeightedLayerPooling in all routes");
    }
  }

  private static List<EmbeddingModule> averaged(List<EmbeddingModule> steps) {
    return steps.stream().filter(EmbeddingModule.WeightedLayerPooling.class::isInstance).toList();
  }
}
