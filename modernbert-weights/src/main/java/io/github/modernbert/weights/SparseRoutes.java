package io.github.modernbert.weights;

import io.github.modernbert.files.ModelFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a sparse encoder makes the weights of queries, documents and other texts: all alike, or
 * differently where a {@code Router} leads queries past the encoder (inference-free SPLADE).
 *
 * @param byTask the routes of {@code query} and {@code document}, empty without a router; a task
 *     without a route is missing
 * @param unnamed the route of texts without a task, if there is one
 */
public record SparseRoutes(Map<String, SparseRoute> byTask, Optional<SparseRoute> unnamed) {
  private static final List<String> TASKS = List.of("query", "document");
  private static final List<String> LOOKUP = List.of("SparseStaticEmbedding");

  /** Copies the map. */
  public SparseRoutes {
    byTask = Map.copyOf(byTask);
  }

  /**
   * Reads a folder; one without {@code modules.json} has one route.
   *
   * @param vocabSize of the model
   * @throws ModelFileException if the modules are others than those of {@link SparseRoute}, or a
   *     file holds what they cannot have
   */
  public static SparseRoutes read(Path root, int vocabSize) {
    ModuleList modules = ModuleList.read(root);
    if (modules.router().isEmpty()) {
      SparseRoute only = new SparseRoute.Splade(SpladeSettings.read(root, vocabSize));
      return new SparseRoutes(Map.of(), Optional.of(only));
    }
    var byTask = new HashMap<String, SparseRoute>();
    for (String task : TASKS) {
      modules
          .of(Optional.of(task))
          .ifPresent(route -> byTask.put(task, route(root, modules, route, vocabSize)));
    }
    return new SparseRoutes(
        byTask, modules.of(Optional.empty()).map(route -> route(root, modules, route, vocabSize)));
  }

  private static SparseRoute route(
      Path root, ModuleList modules, List<ModuleList.Entry> route, int vocabSize) {
    if (route.stream().map(ModuleList.Entry::name).toList().equals(LOOKUP)) {
      return new SparseRoute.TokenLookup(route.getFirst().folder());
    }
    var splade = new SparseRoute.Splade(SpladeSettings.read(root, route, vocabSize));
    if (!route.getFirst().folder().equals(modules.main().getFirst().folder())) {
      throw new ModelFileException(
          root.resolve(ModuleList.FILE), "expected the same Transformer for all routes");
    }
    return splade;
  }
}
