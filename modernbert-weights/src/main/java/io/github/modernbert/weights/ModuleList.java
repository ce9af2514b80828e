package io.github.modernbert.weights;

import io.github.modernbert.files.FileNames;
import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.files.RegularFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The modules that {@code modules.json} lists, in their order, each with its folder. At most one of
 * them is a {@link Router}, in whose place stand the modules of the route that a task takes.
 */
final class ModuleList {
  static final String FILE = "modules.json";

  /**
   * A module.
   *
   * @param type the value that names its class
   */
  record Entry(Json type, Path folder) {
    /** The class's name without its modules, such as {@code Pooling}. */
    String name() {
      return ModulesReader.lastName(type);
    }
  }

  private final List<Entry> before = new ArrayList<>();
  private final List<Entry> after = new ArrayList<>();
  private Optional<Router> router = Optional.empty();

  private ModuleList() {}

  /** Reads {@code modules.json} of a folder; the list is empty if there is no such file. */
  static ModuleList read(Path root) {
    var modules = new ModuleList();
    Path file = root.resolve(FILE);
    if (!RegularFiles.exists(file)) {
      return modules;
    }
    Json json = Json.read(file);
    if (json.items().isEmpty()) {
      throw json.error("names no module");
    }
    Set<String> names = new HashSet<>();
    for (Json module : json.items()) {
      Json type = module.get("type");
      modules.add(new Entry(type, folder(root, module.get("path"))));
      Optional<Json> name = module.find("name");
      if (name.isPresent() && !names.add(name.get().string())) {
        throw name.get().mismatch("a name that no other module has");
      }
    }
    modules.requireModulesInRoutes();
    return modules;
  }

  private void add(Entry entry) {
    boolean isRouter = Router.NAMES.contains(entry.name());
    if (isRouter && router.isPresent()) {
      throw entry.type().mismatch("one Router at most");
    }
    if (isRouter) {
      router = Optional.of(Router.read(entry.folder()));
    } else {
      (router.isPresent() ? after : before).add(entry);
    }
  }

  private void requireModulesInRoutes() {
    router.ifPresent(found -> {
      for (String route : found.names()) {
        if (before.isEmpty() && found.entries(route).isEmpty()) {
          throw new ModelFileException(
              found.folder(), "Router: the route '%s' has no modules".formatted(route));
        }
      }
    });
  }

  /** A module's folder: the given one or one in it. */
  static Path folder(Path root, Json path) {
    return FileNames.inside(root, path);
  }

  /** The module that chooses between routes, if there is one. */
  Optional<Router> router() {
    return router;
  }

  /**
   * The modules that a task passes.
   *
   * @param task {@code query}, {@code document}, or none
   * @return empty if there is no route for the task
   */
  Optional<List<Entry>> of(Optional<String> task) {
    if (router.isEmpty()) {
      return Optional.of(before);
    }
    return router.get().route(task).map(route -> around(router.get().entries(route)));
  }

  /**
   * The modules that tell what the model is: those of the default route, or if it does without a
   * transformer, of the first route that has one.
   */
  List<Entry> main() {
    if (router.isEmpty()) {
      return before;
    }
    var routes = new LinkedHashSet<String>();
    router.get().route(Optional.empty()).ifPresent(routes::add);
    routes.addAll(router.get().names());
    List<List<Entry>> all =
        routes.stream().map(route -> around(router.get().entries(route))).toList();
    return all.stream()
        .filter(entries -> ModulesReader.isTransformer(entries.getFirst().name()))
        .findFirst()
        .orElseGet(all::getFirst);
  }

  private List<Entry> around(List<Entry> route) {
    var entries = new ArrayList<Entry>(before);
    entries.addAll(route);
    entries.addAll(after);
    return entries;
  }

  /** The folders of all modules, those of every route and the router's own included. */
  Set<Path> folders() {
    var folders = new LinkedHashSet<Path>();
    List.of(before, after).forEach(list -> list.forEach(entry -> folders.add(entry.folder())));
    router.ifPresent(found -> {
      folders.add(found.folder());
      found
          .names()
          .forEach(name -> found.entries(name).forEach(entry -> folders.add(entry.folder())));
    });
    return folders;
  }
}
