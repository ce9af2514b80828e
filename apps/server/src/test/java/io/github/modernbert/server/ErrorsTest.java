package io.github.modernbert.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.github.modernbert.server.TestServer.Answer;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every wrong request has its status, its kind and a message that says what is wrong. */
final class ErrorsTest {
  private static final TestServer SERVER = TestServer.shared();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          /embed | {"inputs": ""} | 400 | Empty | `inputs` cannot be empty
          /embed | {"inputs": []} | 400 | Empty | `inputs` cannot be empty
          /embed | {"inputs": ["a", ""]} | 400 | Empty | `inputs` cannot be empty
          /embed | {"inputs": [[]]} | 400 | Empty | `inputs` cannot be empty
          /embed | {} | 422 | Validation | missing field `inputs`
          /embed | {"inputs": 5} | 422 | Validation | `inputs`: expected a list, found a number
          /embed | {"inputs": null} | 422 | Validation | `inputs`: expected a list, found null
          /embed | {"inputs": ["a", 5]} | 422 | Validation | `inputs`: expected a text, found a number
          /embed | {"inputs": [5, "a"]} | 422 | Validation | `inputs`: expected token ids, found something else too
          /embed | {"inputs": [-1]} | 422 | Validation | `inputs`: expected at least 0, found -1
          /embed | {"inputs": [1.5]} | 422 | Validation | `inputs`: expected a whole number, found 1.5
          /embed | {"inputs": [99999999]} | 422 | Validation | sequences[0]: token id 99999999 is not in the vocabulary
          /embed | {"inputs": "a", "inputs": "b"} | 422 | Validation | `inputs` stands there twice
          /embed | {"inputs": "a", "normalize": "yes"} | 422 | Validation | `normalize`: expected true or false, found a text
          /embed | {"inputs": "a", "dimensions": 0} | 422 | Validation | `dimensions`: expected at least 1, found 0
          /embed | {"inputs": "a", "dimensions": 4096} | 422 | Validation | dimensions: the model's vectors have 384, found 4096
          /embed | {"inputs": "a", "prompt_name": "nix"} | 422 | Validation | the model has no prompt 'nix'
          /embed | {"inputs": "a", "truncation_direction": "up"} | 422 | Validation | `truncation_direction`: expected Left or Right
          /embed | {"inputs": {"a": 1}} | 422 | Validation | missing field `source_sentence`
          /embed | {"inputs": "a" | 400 | Validation | the JSON ends too early
          /embed | {"inputs": "a"} x | 400 | Validation | the body is no JSON
          /embed | {'inputs': 'a'} | 400 | Validation | the body is no JSON
          /embed | [1] | 422 | Validation | `the body`: expected an object, found a list
          /embed | {"inputs": "a", "model": "reranker"} | 424 | Backend | model reranker cannot do sentence-similarity: it is loaded for CrossEncoder
          /embed_all | {"inputs": [1, "a"]} | 422 | Validation | `inputs`: expected token ids, found something else too
          /embed_sparse | {"inputs": "a", "model": "mini"} | 424 | Backend | model mini cannot do sparse-encoding: it is loaded for TextEmbedder
          /similarity | {"inputs": {"source_sentence": "a", "sentences": []}} | 400 | Empty | `inputs.sentences` cannot be empty
          /predict | {"inputs": ["a", "b", "c"], "model": "classifier"} | 422 | Validation | `inputs`: expected a text or a pair of texts, found 3 texts
          /predict | {"inputs": "a", "model": "reranker"} | 422 | Validation | `inputs`: model reranker scores pairs of texts, found a text alone
          /rerank | {"query": "a", "texts": []} | 400 | Empty | `texts` cannot be empty
          /rerank | {"texts": ["a"]} | 422 | Validation | missing field `query`
          /rerank | {"query": "a"} | 422 | Validation | missing field `texts`
          /tokenize | {"inputs": "a", "model": "nix"} | 404 | NotFound | no model 'nix'; there are [mini, sparse
          /decode | {"ids": []} | 400 | Empty | `ids` cannot be empty
          /decode | {"ids": "a"} | 422 | Validation | `ids`: expected token ids, found a text
          """)
  void errorsOfTextEmbeddingsInference(
      String path, String body, int status, String type, String message) {
    Answer answer = SERVER.post(path, body);
    assertEquals(status, answer.status(), answer.body());
    JsonObject error = answer.object();
    assertEquals(type, error.get("error_type").getAsString());
    assertTrue(error.get("error").getAsString().startsWith(message), answer.body());
  }

  @Test
  void errorsOfOpenAiHaveBothShapes() {
    JsonObject error = SERVER.post("/v1/embeddings", "{\"input\": \"\"}").object();
    assertEquals("`input` cannot be empty", error.get("message").getAsString());
    assertEquals(400, error.get("code").getAsInt());
    assertEquals("Empty", error.get("type").getAsString());
    JsonObject inner = error.getAsJsonObject("error");
    assertEquals("`input` cannot be empty", inner.get("message").getAsString());
    assertEquals("invalid_request_error", inner.get("type").getAsString());
    assertTrue(inner.get("param").isJsonNull());
  }

  @Test
  void errorsOfRoutesAndMethods() {
    assertEquals(404, SERVER.get("/nix").status());
    Answer wrongMethod = SERVER.get("/embed");
    assertEquals(405, wrongMethod.status());
    assertEquals("POST", wrongMethod.header("allow").orElseThrow());
    assertEquals(
        "GET, POST", SERVER.send(SERVER.request("/").DELETE()).header("allow").orElseThrow());
    assertEquals(404, SERVER.get("/v1/models/nix").status());
    for (String path : new String[] {"nix.js", "Pages.class", "a/b.js", ".js", ""}) {
      assertEquals(404, SERVER.get("/page/" + path).status(), path);
    }
    assertEquals(400, SERVER.get("/page/..%2f..%2fMain.class").status());
  }

  /** What a client sends comes back in messages, but not without limit. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          /tokenize | {"inputs": "a", "model": "%s"}
          /embed | {"inputs": "a", "prompt_name": "%s"}
          /embed | {"inputs": "a", "truncation_direction": "%s"}
          /embed | {"inputs": "a", "dimensions": 1%s}
          /embed | {"inputs": {"%s": [}}
          """)
  void messagesAreShort(String path, String body) {
    String value = "\ud83d\ude00".repeat(3000);
    Answer answer = SERVER.post(path, body.formatted(value));
    assertTrue(answer.status() >= 400 && answer.status() < 500, answer.body());
    String message = answer.object().get("error").getAsString();
    assertTrue(message.length() <= 1500, message.length() + ": " + message);
    assertEquals(
        message,
        new String(message.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8),
        "half of a pair");
  }

  @Test
  void longContentTypesAndPathsAreCut() {
    String value = "x".repeat(3000);
    Answer type = embed(value);
    assertEquals(415, type.status());
    String message = type.object().get("error").getAsString();
    assertTrue(message.startsWith("expected `Content-Type: application/json`, found x"), message);
    assertTrue(message.length() <= 1000, message);
    assertTrue(SERVER.get("/" + value).body().length() <= 1500);
  }

  @Test
  void onlyJsonIsTaken() {
    assertEquals(415, embed("text/plain").status());
    embed("application/json; charset=utf-8").ok();
  }

  /** Sends a request that is right but for its content type. */
  private static Answer embed(String contentType) {
    return SERVER.send(
        SERVER
            .request("/embed", "content-type", contentType)
            .POST(HttpRequest.BodyPublishers.ofString("{\"inputs\": \"a\"}")));
  }

  @Test
  void bytesThatAreNoUtf8AreRefused() {
    byte[] body = "{\"inputs\": \"a?\"}".getBytes(StandardCharsets.ISO_8859_1);
    body[13] = (byte) 0xff;
    Answer answer =
        SERVER.send(
            SERVER
                .request("/embed", "content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    assertEquals(400, answer.status());
    assertEquals("the body is not UTF-8", answer.object().get("error").getAsString());
  }

  @Test
  void loneSurrogatesAreNoText() {
    Answer answer = SERVER.post("/embed", "{\"inputs\": \"a \\ud800 b\"}");
    assertEquals(400, answer.status());
    assertTrue(answer.body().contains("Unpaired surrogate"), answer.body());
  }

  @Test
  void deepNestingIsRefused() {
    Answer answer =
        SERVER.post(
            "/embed", "{\"inputs\": \"a\", \"x\": " + "[".repeat(9000) + "]".repeat(9000) + "}");
    assertEquals(400, answer.status());
  }
}
