package io.github.modernbert.server;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.modernbert.server.config.SettingsParser;
import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A server in this process at a free port of the loopback interface. */
final class TestServer implements AutoCloseable {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final Application application;

  private TestServer(Application application) {
    this.application = application;
  }

  /** Starts a server with these flags, and waits until its models are loaded. */
  static TestServer start(String... flags) {
    TestServer server = startWithoutModels(flags);
    server.application.load();
    return server;
  }

  /** Starts a server that listens, and whose models are not loaded. */
  static TestServer startWithoutModels(String... flags) {
    var arguments = new ArrayList<>(List.of(flags));
    arguments.add("--port=0");
    var settings =
        SettingsParser.parse(
                arguments.toArray(String[]::new), Map.of(), new PrintWriter(System.out))
            .orElseThrow();
    try {
      var application = new Application(settings, "test");
      application.start();
      return new TestServer(application);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * One server with a model for every task, for all tests that do not need settings of their own.
   */
  static TestServer shared() {
    return Shared.SERVER;
  }

  private static final class Shared {
    static final TestServer SERVER =
        start(
            "--model=" + mini() + "=mini",
            "--model=" + extra("sparse/sum-log1p") + "=sparse",
            "--model=" + extra("tasks/text-one-label") + "=reranker",
            "--model=" + extra("tasks/text-single") + "=classifier",
            "--model=" + extra("tasks/text-entailment-first") + "=nli",
            "--task=nli=zero-shot-classification",
            "--model=" + extra("tasks/entities") + "=entities",
            "--model=" + extra("tasks/question") + "=question",
            "--model=" + extra("fill-mask/tied") + "=fill-mask",
            "--model=" + extra("multi-vector/pylate") + "=colbert");
  }

  /** The folder of the bundled model. */
  static Path mini() {
    return Golden.project().resolve("modernbert-mini/src/main/resources/META-INF/modernbert-mini");
  }

  /** A folder of our golden data. */
  static Path extra(String part) {
    return Golden.project().resolve("src-test-data/golden-extra").resolve(part);
  }

  Application application() {
    return application;
  }

  URI address() {
    return application.address();
  }

  URI at(String path) {
    return address().resolve(path);
  }

  /** An answer. */
  record Answer(HttpResponse<String> response) {
    int status() {
      return response.statusCode();
    }

    String body() {
      return response.body();
    }

    Optional<String> header(String name) {
      return response.headers().firstValue(name);
    }

    JsonElement json() {
      return JsonParser.parseString(body());
    }

    JsonObject object() {
      return json().getAsJsonObject();
    }

    JsonArray array() {
      return json().getAsJsonArray();
    }

    /** This answer, which must be a success. */
    Answer ok() {
      if (status() != 200) {
        throw new AssertionError(status() + ": " + body());
      }
      return this;
    }
  }

  Answer post(String path, String json, String... headers) {
    return send(
        request(path, headers)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  Answer get(String path, String... headers) {
    return send(request(path, headers).GET());
  }

  HttpRequest.Builder request(String path, String... headers) {
    var request = HttpRequest.newBuilder(at(path));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return request;
  }

  Answer send(HttpRequest.Builder request) {
    try {
      return new Answer(CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The numbers of an array, each with the bits that its digits stand for. */
  static float[] floats(JsonElement array) {
    JsonArray numbers = array.getAsJsonArray();
    var floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = Float.parseFloat(numbers.get(i).getAsString());
    }
    return floats;
  }

  @Override
  public void close() {
    application.close();
  }
}
