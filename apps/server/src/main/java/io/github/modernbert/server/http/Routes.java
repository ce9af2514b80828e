package io.github.modernbert.server.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The table of routes. Immutable. */
public final class Routes {
  private final List<Route> table;
  private final Map<String, List<Route>> byPath;
  private final List<Route> prefixes;

  /** With the lines of the table; of prefixes that fit, the first counts. */
  public Routes(List<Route> table) {
    this.table = List.copyOf(table);
    prefixes = table.stream().filter(Route::isPrefix).toList();
    byPath =
        table.stream()
            .filter(route -> !route.isPrefix())
            .collect(Collectors.groupingBy(Route::path));
  }

  /** The lines of the table. */
  public List<Route> table() {
    return table;
  }

  Optional<Route> find(String method, String path) {
    for (Route route : at(path)) {
      if (route.method().equals(method)) {
        return Optional.of(route);
      }
    }
    return Optional.empty();
  }

  /** The methods of a path, separated by commas; empty if there is no such path. */
  String methods(String path) {
    var methods = new TreeSet<String>();
    at(path).forEach(route -> methods.add(route.method()));
    return String.join(", ", methods);
  }

  /** How errors are worded at a path, whatever the method. */
  ErrorFormat errors(String path) {
    List<Route> found = at(path);
    return found.isEmpty() ? ErrorFormat.TEI : found.getFirst().errors();
  }

  private List<Route> at(String path) {
    List<Route> exact = byPath.get(path);
    return exact != null
        ? exact
        : prefixes.stream().filter(route -> path.startsWith(route.prefix())).toList();
  }
}
