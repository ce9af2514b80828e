package io.github.modernbert.server.http;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The table of routes.
 *
 * @param table its lines; of prefixes that fit, the first counts
 */
public record Routes(List<Route> table) {
  /** Copies the list. */
  public Routes {
    table = List.copyOf(table);
  }

  Optional<Route> find(String method, String path) {
    return at(path).stream().filter(route -> route.method().equals(method)).findFirst();
  }

  /** The methods of a path, separated by commas; empty if there is no such path. */
  String methods(String path) {
    return at(path).stream()
        .map(Route::method)
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .collect(Collectors.joining(", "));
  }

  /** How errors are worded at a path, whatever the method. */
  ErrorFormat errors(String path) {
    return at(path).stream().map(Route::errors).findFirst().orElse(ErrorFormat.TEI);
  }

  private List<Route> at(String path) {
    List<Route> exact = table.stream().filter(route -> route.path().equals(path)).toList();
    return exact.isEmpty()
        ? table.stream()
            .filter(route -> route.isPrefix() && path.startsWith(route.prefix()))
            .toList()
        : exact;
  }
}
