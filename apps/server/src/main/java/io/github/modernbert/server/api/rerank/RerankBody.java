package io.github.modernbert.server.api.rerank;

import com.google.gson.stream.JsonToken;
import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.api.Input;
import io.github.modernbert.server.api.Members;
import io.github.modernbert.server.api.TextReading;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.JsonInput;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of a request to rank documents, of any of the APIs. */
final class RerankBody {
  private final TextReading reading;
  private @Nullable String query;
  private @Nullable List<String> texts;
  private @Nullable List<String> documents;
  private @Nullable String model;
  private @Nullable Integer topN;
  private @Nullable Integer maxTokensPerDoc;
  private boolean returnsText;
  private boolean rawScores;

  private RerankBody(Context context) {
    reading = new TextReading(context.settings().reading());
  }

  static RerankBody read(Call call, Context context) {
    var body = new RerankBody(context);
    call.read(body::read);
    return body;
  }

  private void read(JsonInput in, String name) throws IOException {
    switch (name) {
      case "query" -> query = document(in, name);
      case "texts" -> texts = in.list(name, () -> in.text(name));
      case "documents" -> documents = in.list(name, () -> document(in, name));
      case "model" -> model = in.textOrNull(name);
      case "top_n" -> topN = in.integerOrNull(name, 1);
      case "max_tokens_per_doc" -> maxTokensPerDoc = in.integerOrNull(name, 1);
      case "return_text" -> returnsText |= in.truth(name);
      case "return_documents" -> returnsText |= Boolean.TRUE.equals(in.truthOrNull(name));
      case "raw_scores" -> rawScores = in.truth(name);
      default -> reading.read(in, name);
    }
  }

  /** A text, or an object whose member {@code text} is one. */
  private static String document(JsonInput in, String name) throws IOException {
    if (in.peek() == JsonToken.STRING) {
      return in.text(name);
    }
    var found =
        new Object() {
          @Nullable String text;
        };
    in.object(
        name,
        member -> {
          if (member.equals("text")) {
            found.text = in.text("text");
          } else {
            in.skip();
          }
        });
    return Members.required(name + ".text", found.text);
  }

  /** Whether the request is one of text-embeddings-inference, which has {@code texts}. */
  boolean isTei() {
    return documents == null;
  }

  String query() {
    String found = Members.required("query", query);
    if (found.isEmpty()) {
      throw Input.empty("query");
    }
    return found;
  }

  /** The documents, as they came. */
  List<String> documents() {
    List<String> found = documents != null ? documents : Members.required("texts", texts);
    if (found.isEmpty()) {
      throw Input.empty(documents != null ? "documents" : "texts");
    }
    return found;
  }

  @Nullable String model() {
    return model;
  }

  /** How many of the best documents are returned. */
  int topN() {
    return topN == null ? Integer.MAX_VALUE : topN;
  }

  /** After how many tokens a document is cut; null if it is not. */
  @Nullable Integer maxTokensPerDoc() {
    return maxTokensPerDoc;
  }

  boolean returnsText() {
    return returnsText;
  }

  boolean rawScores() {
    return rawScores;
  }

  TextReading reading() {
    return reading;
  }
}
