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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  /** The members of version 1.9.3, as its own description has them, by schemas of ours. */
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          EmbedRequest, inputs truncate truncation_direction prompt_name normalize dimensions
          EmbedAllRequest, inputs truncate truncation_direction prompt_name
          SimilarityRequest, inputs parameters
          PredictRequest, inputs truncate truncation_direction raw_scores
          Prediction, label score
          RerankRequest, query texts truncate truncation_direction raw_scores return_text
          Rank, index score text
          TokenizeRequest, inputs add_special_tokens prompt_name
          Token, id text special start stop
          DecodeRequest, ids skip_special_tokens
          SparseValue, index value
          EmbeddingsRequest, input model user encoding_format dimensions
          EmbeddingsResponse, object data model usage
          Usage, prompt_tokens total_tokens
          Info, model_id model_sha model_dtype served_model_name model_type
          Info, max_concurrent_requests max_input_length max_batch_tokens max_batch_requests
          Info, max_client_batch_size auto_truncate tokenization_workers version sha docker_label
          TeiError, error error_type
          EmbeddingsError, message code type
          """)
  void membersOfTextEmbeddingsInferenceAreDescribed(String schema, String members) {
    JsonObject described =
        OPEN_API
            .getAsJsonObject("components")
            .getAsJsonObject("schemas")
            .getAsJsonObject(schema)
            .getAsJsonObject("properties");
    for (String member : members.split(" ")) {
      assertTrue(described.has(member), schema + "." + member);
    }
  }

  @Test
  void routesOfTextEmbeddingsInferenceAreThere() {
    Set<String> routes = new TreeSet<>();
    table().forEach(route -> routes.add(route.method() + " " + route.path()));
    for (String path :
        List.of(
            "/",
            "/invocations",
            "/embed",
            "/embed_all",
            "/embed_sparse",
            "/similarity",
            "/predict",
            "/rerank",
            "/tokenize",
            "/decode",
            "/embeddings",
            "/v1/embeddings")) {
      assertTrue(routes.contains("POST " + path), path);
    }
    for (String path : List.of("/", "/info", "/health", "/ping", "/metrics")) {
      assertTrue(routes.contains("GET " + path), path);
    }
  }
}
