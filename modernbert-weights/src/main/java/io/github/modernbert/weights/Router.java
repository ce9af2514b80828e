package io.github.modernbert.weights;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.RegularFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A module that leads queries and documents through different modules: {@code Router} of
 * sentence-transformers, before version 5 {@code Asym}. Which route a task takes is decided as
 * there ({@code _resolve_route}), for texts.
 */
final class Router {
  /** Its class names. */
  static final Set<String> NAMES = Set.of("Router", "Asym");

  private static final String FILE = "router_config.json";
  private static final String LEGACY_FILE = "config.json";
  private static final String TEXT = "text";

  /** A pair as Python writes it, such as {@code ('query', 'text')} or {@code (None, 'text')}. */
  private static final Pattern MAPPING =
      Pattern.compile(
          "\\(\\s*(?:None|'([^']*)'|\"([^\"]*)\")\\s*,\\s*(?:(None)|'([^']*)'|\"([^\"]*)\")\\s*\\)");

  /**
   * A rule.
   *
   * @param task empty for any
   * @param isForAny whether it is for texts and all else
   */
  private record Mapping(Optional<String> task, boolean isForAny) {}

  private final Path folder;
  private final Map<String, List<ModuleList.Entry>> routes;
  private final Map<Mapping, String> mappings;
  private final Optional<String> defaultRoute;

  private Router(
      Path folder,
      Map<String, List<ModuleList.Entry>> routes,
      Map<Mapping, String> mappings,
      Optional<String> defaultRoute) {
    this.folder = folder;
    this.routes = routes;
    this.mappings = mappings;
    this.defaultRoute = defaultRoute;
  }

  /** Reads a router's folder. */
  static Router read(Path folder) {
    Path file = folder.resolve(FILE);
    Json json = Json.read(RegularFiles.exists(file) ? file : folder.resolve(LEGACY_FILE));
    Map<String, Json> types = json.get("types").members();
    var routes = new LinkedHashMap<String, List<ModuleList.Entry>>();
    json.get("structure")
        .members()
        .forEach((name, modules) -> {
          var entries = new ArrayList<ModuleList.Entry>();
          for (Json module : modules.items()) {
            Json type = types.get(module.string());
            if (type == null) {
              throw module.mismatch("one of the types " + types.keySet());
            }
            if (NAMES.contains(ModulesReader.lastName(type))) {
              throw type.mismatch("no Router in a Router");
            }
            entries.add(new ModuleList.Entry(type, ModuleList.folder(folder, module)));
          }
          routes.put(name, entries);
        });
    if (routes.isEmpty()) {
      throw json.get("structure").error("has no route");
    }
    Json parameters = json.get("parameters");
    return new Router(
        folder, routes, mappings(parameters, routes.keySet()), defaultRoute(parameters, routes));
  }

  private static Optional<String> defaultRoute(
      Json parameters, Map<String, List<ModuleList.Entry>> routes) {
    Optional<Json> named = parameters.find("default_route");
    if (named.isPresent()) {
      return Optional.of(requireRoute(named.get(), routes.keySet()));
    }
    boolean first = parameters.find("allow_empty_key").map(Json::bool).orElse(true);
    return first ? routes.keySet().stream().findFirst() : Optional.empty();
  }

  private static String requireRoute(Json name, Set<String> routes) {
    if (!routes.contains(name.string())) {
      throw name.mismatch("one of the routes " + routes);
    }
    return name.string();
  }

  /** Rules for texts; those for other kinds of input do not matter here. */
  private static Map<Mapping, String> mappings(Json parameters, Set<String> routes) {
    var mappings = new LinkedHashMap<Mapping, String>();
    parameters
        .find("route_mappings")
        .map(Json::members)
        .orElse(Map.of())
        .forEach((key, route) -> {
          requireRoute(route, routes);
          Matcher pair = MAPPING.matcher(key);
          if (pair.matches()) {
            boolean isForAny = pair.group(3) != null;
            Optional<String> modality = either(pair.group(4), pair.group(5));
            if (isForAny || modality.equals(Optional.of(TEXT))) {
              mappings.put(
                  new Mapping(either(pair.group(1), pair.group(2)), isForAny), route.string());
            }
          }
        });
    return mappings;
  }

  private static Optional<String> either(@Nullable String first, @Nullable String second) {
    return Optional.ofNullable(first).or(() -> Optional.ofNullable(second));
  }

  /** The router's own folder. */
  Path folder() {
    return folder;
  }

  /** The names of all routes, in the order of the file. */
  Set<String> names() {
    return routes.keySet();
  }

  /** The modules of a route. */
  List<ModuleList.Entry> entries(String route) {
    return routes.getOrDefault(route, List.of());
  }

  /**
   * The route of a task.
   *
   * @return empty if the task has none
   */
  Optional<String> route(Optional<String> task) {
    var rules =
        List.of(
            new Mapping(task, false),
            new Mapping(task, true),
            new Mapping(Optional.empty(), false),
            new Mapping(Optional.empty(), true));
    for (Mapping rule : rules) {
      if (mappings.containsKey(rule)) {
        return Optional.of(mappings.get(rule));
      }
    }
    Optional<String> named = task.filter(routes::containsKey);
    if (named.isEmpty() && routes.containsKey(TEXT)) {
      return Optional.of(TEXT);
    }
    return named.isPresent() || task.isPresent() ? named : defaultRoute;
  }
}
