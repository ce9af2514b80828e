package io.github.modernbert.bench.load;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The server that is asked. Safe for use by several threads. */
final class LoadTarget implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int OK = 200;

  private final LoadSettings settings;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Gson gson = new Gson();

  LoadTarget(LoadSettings settings) {
    this.settings = settings;
  }

  /**
   * An answer.
   *
   * @param tokens how many tokens the server read, 0 if it does not say
   * @param error what went wrong; empty if nothing did
   */
  record Answer(long tokens, String error) {}

  /** Asks for the vectors of texts. */
  Answer ask(List<String> texts) throws InterruptedException {
    boolean isTei = settings.api() == LoadSettings.Api.TEI;
    Map<String, Object> body = new LinkedHashMap<>();
    body.put(isTei ? "inputs" : "input", texts);
    if (!isTei) {
      body.put("model", settings.model().isEmpty() ? "model" : settings.model());
      body.put("encoding_format", "base64");
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(settings.url().resolve(isTei ? "/embed" : "/v1/embeddings"))
            .header("content-type", "application/json")
            .timeout(PATIENCE)
            .POST(HttpRequest.BodyPublishers.ofString(gson.toJson(body)));
    if (!settings.key().isEmpty()) {
      request.header("authorization", "Bearer " + settings.key());
    }
    try {
      HttpResponse<String> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return response.statusCode() == OK
          ? read(response, texts.size(), isTei)
          : new Answer(0, "status " + response.statusCode());
    } catch (IOException e) {
      return new Answer(0, e.getClass().getSimpleName());
    } catch (JsonSyntaxException | IllegalStateException e) {
      return new Answer(0, "the answer is no JSON of this API");
    }
  }

  private static Answer read(HttpResponse<String> response, int texts, boolean isTei) {
    JsonElement json = JsonParser.parseString(response.body());
    int vectors = (isTei ? json : json.getAsJsonObject().get("data")).getAsJsonArray().size();
    if (vectors != texts) {
      return new Answer(0, "another number of vectors than texts");
    }
    long tokens =
        isTei
            ? response.headers().firstValueAsLong("x-compute-tokens").orElse(0)
            : json.getAsJsonObject().getAsJsonObject("usage").get("total_tokens").getAsLong();
    return new Answer(tokens, "");
  }

  @Override
  public void close() {
    client.close();
  }
}
