package io.github.modernbert.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.server.api.ApiRoutes;
import io.github.modernbert.server.http.Route;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The description of the API and the table of routes say the same. */
final class OpenApiTest {
  private static final TestServer SERVER = TestServer.shared();
  private static final JsonObject OPEN_API = SERVER.get("/openapi.json").ok().object();

  /** All lines of the description, as the table would have them. */
  private static Set<String> described() {
    var lines = new TreeSet<String>();
    operations()
        .forEach((operation, at) -> {
          lines.add(line(at.method, at.path, operation));
          JsonElement aliases = at.object.get("x-aliases");
          if (aliases != null) {
            aliases
                .getAsJsonArray()
                .forEach(alias -> lines.add(line(at.method, alias.getAsString(), operation)));
          }
        });
    return lines;
  }

  private static String line(String method, String path, String operation) {
    return "%s %s %s".formatted(method, path, operation);
  }

  private record Operation(String method, String path, JsonObject object) {}

  private static Map<String, Operation> operations() {
    var operations = new HashMap<String, Operation>();
    for (var path : OPEN_API.getAsJsonObject("paths").entrySet()) {
      for (var method : path.getValue().getAsJsonObject().entrySet()) {
        JsonObject object = method.getValue().getAsJsonObject();
        Operation previous =
            operations.put(
                object.get("operationId").getAsString(),
                new Operation(
                    method.getKey().toUpperCase(Locale.ROOT),
                    path.getKey().replaceFirst("\\{.*}", "*"),
                    object));
        assertEquals(null, previous, "an operationId stands there twice");
      }
    }
    return operations;
  }

  private static List<Route> table() {
    return ApiRoutes.of(SERVER.application().context(), "", () -> false).table();
  }

  @Test
  void everyRouteIsDescribedAndEveryDescriptionIsARoute() {
    var routes = new TreeSet<String>();
    table().forEach(route -> routes.add(line(route.method(), route.path(), route.operation())));
    assertEquals(routes, described());
  }

  @Test
  void whatIsOpenToAllIsDescribedSo() {
    Map<String, Operation> operations = operations();
    for (Route route : table()) {
      Operation operation = Objects.requireNonNull(operations.get(route.operation()));
      boolean open = operation.object.has("security");
      assertEquals(route.access() == Route.Access.PUBLIC, open, route.operation());
    }
  }

  @Test
  void referencesLeadSomewhere() {
    var references = new ArrayList<String>();
    collect(OPEN_API, references);
    assertTrue(references.size() > 50);
    for (String reference : references) {
      JsonElement at = OPEN_API;
      for (String part : reference.substring(2).split("/")) {
        assertTrue(at.getAsJsonObject().has(part), reference);
        at = at.getAsJsonObject().get(part);
      }
    }
  }

  private static void collect(JsonElement element, List<String> references) {
    if (element.isJsonObject()) {
      element
          .getAsJsonObject()
          .entrySet()
          .forEach(member -> {
            if (member.getKey().equals("$ref")) {
              references.add(member.getValue().getAsString());
            } else {
              collect(member.getValue(), references);
            }
          });
    } else if (element.isJsonArray()) {
      element.getAsJsonArray().forEach(item -> collect(item, references));
    }
  }

  @Test
  void examplesWork() {
    int tried = 0;
    for (Operation operation : operations().values()) {
      JsonObject body = operation.object.getAsJsonObject("requestBody");
      if (body != null) {
        JsonElement example =
            body.getAsJsonObject("content").getAsJsonObject("application/json").get("example");
        SERVER.post(operation.path, example.toString()).ok();
        tried++;
      }
    }
    assertTrue(tried > 15);
  }
}
