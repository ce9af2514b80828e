package io.github.modernbert.server.api.rerank;

import com.google.gson.stream.JsonToken;
import io.github.modernbert.ColBert;
import io.github.modernbert.ColBertOptions;
import io.github.modernbert.CrossEncoder;
import io.github.modernbert.CrossEncoderOptions;
import io.github.modernbert.PairScores;
import io.github.modernbert.ScoreFunction;
import io.github.modernbert.Task;
import io.github.modernbert.TextPair;
import io.github.modernbert.TokenEmbeddings;
import io.github.modernbert.server.api.Body;
import io.github.modernbert.server.api.Body.Form;
import io.github.modernbert.server.api.Body.Member;
import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.api.Input;
import io.github.modernbert.server.api.Measured;
import io.github.modernbert.server.api.ModelChoice;
import io.github.modernbert.server.api.ModelChoice.Chosen;
import io.github.modernbert.server.api.RequestTimes;
import io.github.modernbert.server.api.Size;
import io.github.modernbert.server.api.TextReading;
import io.github.modernbert.server.api.Usage;
import io.github.modernbert.server.http.ApiException;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.ErrorKind;
import io.github.modernbert.server.http.JsonInput;
import io.github.modernbert.server.http.JsonOutput;
import io.github.modernbert.server.http.Reply;
import io.github.modernbert.server.metrics.Metrics;
import io.github.modernbert.tokenizer.EncodeOptions;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.tokenizer.Tokenizer;
import io.github.modernbert.tokenizer.Truncation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Ranks documents by how well they answer a query: with a cross-encoder, or with ColBERT.
 *
 * @param context what endpoints need
 */
public record RerankEndpoint(Context context) {
  /**
   * After how many tokens version 2 of Cohere's API cuts a document unless it is told otherwise.
   */
  private static final int COHERE_TOKENS = 4096;

  private static final Member<String> TEXT = Member.text("text");
  private static final Form DOCUMENT = Form.of(TEXT);

  private static final Member<String> QUERY = Member.of(RerankEndpoint::document, "query");
  private static final Member<List<String>> TEXTS = Member.texts("texts");
  private static final Member<List<String>> DOCUMENTS =
      Member.of((in, name) -> in.list(name, () -> document(in, name)), "documents");
  private static final Member<Integer> TOP_N = Member.integerOrNull(1, "top_n");
  private static final Member<Integer> MAX_TOKENS = Member.integerOrNull(1, "max_tokens_per_doc");
  private static final Member<Boolean> RETURN_TEXT =
      Member.truthOrNull("return_text", "return_documents");
  private static final Member<Boolean> RAW_SCORES = Member.truth("raw_scores");
  private static final Form FORM =
      TextReading.FORM.with(
          ModelChoice.MODEL, QUERY, TEXTS, DOCUMENTS, TOP_N, MAX_TOKENS, RETURN_TEXT, RAW_SCORES);

  /** A text, or an object whose member {@code text} is one. */
  private static String document(JsonInput in, String name) throws IOException {
    return in.peek() == JsonToken.STRING ? in.text(name) : DOCUMENT.read(in, name).required(TEXT);
  }

  /** {@code /rerank}: as text-embeddings-inference has it, or Cohere if there are documents. */
  public Reply rerank(Call call) {
    Body body = FORM.read(call);
    return body.find(DOCUMENTS) == null
        ? answer(call, body, maxTokens(body), ranking -> tei(body, ranking))
        : answer(call, body, maxTokens(body), ranking -> cohere(call, body, ranking, 1));
  }

  /** {@code /v1/rerank}: as Cohere and Jina have it. */
  public Reply rerankV1(Call call) {
    Body body = FORM.read(call);
    return answer(call, body, maxTokens(body), ranking -> cohere(call, body, ranking, 1));
  }

  /** {@code /v2/rerank}: as Cohere has it, documents cut after 4096 tokens. */
  public Reply rerankV2(Call call) {
    Body body = FORM.read(call);
    int most = body.get(MAX_TOKENS, COHERE_TOKENS);
    return answer(call, body, most, ranking -> cohere(call, body, ranking, 2));
  }

  private static int maxTokens(Body body) {
    return body.get(MAX_TOKENS, Integer.MAX_VALUE);
  }

  private static List<String> documents(Body body) {
    List<String> documents = body.find(DOCUMENTS);
    List<String> found = documents != null ? documents : body.required(TEXTS);
    if (found.isEmpty()) {
      throw Input.empty(documents != null ? "documents" : "texts");
    }
    return found;
  }

  /** The score of a document. */
  private record Scored(int index, String text, float score) {}

  /**
   * Documents, best first.
   *
   * @param model the alias of the model
   * @param tokens how many tokens were read
   */
  private record Ranking(String model, List<Scored> documents, long tokens) {}

  private Reply answer(
      Call call, Body body, int maxTokens, Function<Ranking, Consumer<JsonOutput>> writer) {
    List<String> documents = documents(body);
    String query = body.requiredText(QUERY);
    Scorer scorer = scorer(body);
    return new Measured(call, context, Metrics.Work.PREDICT, scorer.model(), size(query, documents))
        .reply(
            times ->
                scorer
                    .scoring()
                    .scores(query, cut(documents, scorer.tokenizer(), maxTokens), times),
            Scores::count,
            (scores, count) ->
                writer.apply(ranking(scorer.model(), documents, scores.values(), count.tokens())));
  }

  private static Size size(String query, List<String> documents) {
    return new Size(
        documents.size(),
        true,
        documents.stream().mapToLong(Size::characters).sum()
            + documents.size() * Size.characters(query));
  }

  /**
   * A model that scores documents.
   *
   * @param model its alias
   */
  private record Scorer(String model, Tokenizer tokenizer, Scoring scoring) {}

  /** Scores documents by how well they answer a query. */
  @FunctionalInterface
  private interface Scoring {
    Scores scores(String query, List<String> documents, RequestTimes times);
  }

  private record Scores(List<Float> values, Measured.Count count) {}

  private Scorer scorer(Body body) {
    return context.models().firstOf(body, CrossEncoder.class, ColBert.class) instanceof ColBert
        ? colBert(body)
        : crossEncoder(body);
  }

  private Scorer crossEncoder(Body body) {
    Chosen<CrossEncoder> chosen = context.models().of(CrossEncoder.class, Task.RERANKING, body);
    CrossEncoder model = chosen.model();
    if (model.labels().size() != 1) {
      throw new ApiException(
          ErrorKind.BACKEND,
          "model %s is not a re-ranker: it has the labels %s"
              .formatted(chosen.alias(), model.labels()));
    }
    CrossEncoderOptions read = context.reading(body).applyTo(CrossEncoderOptions.defaults());
    CrossEncoderOptions options =
        body.is(RAW_SCORES) ? read.scoreFunction(ScoreFunction.NONE) : read;
    return new Scorer(
        chosen.alias(),
        model.tokenizer(),
        (query, documents, times) -> {
          List<TextPair> pairs =
              documents.stream().map(document -> new TextPair(query, document)).toList();
          List<PairScores> all = model.predict(pairs, times.of(options));
          return new Scores(
              all.stream().map(PairScores::value).toList(),
              Measured.Count.of(all, PairScores::tokens, PairScores::truncated));
        });
  }

  private Scorer colBert(Body body) {
    Chosen<ColBert> chosen = context.models().of(ColBert.class, Task.LATE_INTERACTION, body);
    ColBert model = chosen.model();
    ColBertOptions options = context.reading(body).applyTo(ColBertOptions.defaults());
    return new Scorer(
        chosen.alias(),
        model.tokenizer(),
        (query, documents, times) -> {
          TokenEmbeddings wanted =
              model.encodeQueries(List.of(query), times.of(options)).getFirst();
          List<TokenEmbeddings> all = model.encodeDocuments(documents, times.of(options));
          return new Scores(
              all.stream().map(document -> model.similarity(wanted, document)).toList(),
              Measured.Count.of(all, TokenEmbeddings::size, TokenEmbeddings::truncated));
        });
  }

  private static Ranking ranking(
      String model, List<String> documents, List<Float> scores, long tokens) {
    var scored = new ArrayList<Scored>();
    for (int i = 0; i < scores.size(); i++) {
      scored.add(new Scored(i, documents.get(i), scores.get(i)));
    }
    scored.sort(Comparator.comparingDouble(Scored::score).reversed());
    return new Ranking(model, scored, tokens);
  }

  /** Cuts documents after so many tokens. */
  private static List<String> cut(List<String> documents, Tokenizer tokenizer, int maxTokens) {
    EncodeOptions options =
        EncodeOptions.plain().withSpecialTokens(false).withTruncation(Truncation.to(maxTokens));
    return documents.stream()
        // A token is at least one character, so short documents need no look.
        .map(document ->
            document.length() <= maxTokens ? document : cut(document, tokenizer, options))
        .toList();
  }

  private static String cut(String document, Tokenizer tokenizer, EncodeOptions options) {
    Encoding encoding = tokenizer.encode(document, options);
    return encoding.isTruncated()
        ? document.substring(0, encoding.end(encoding.length() - 1))
        : document;
  }

  private static Consumer<JsonOutput> tei(Body body, Ranking ranking) {
    return out -> {
      out.beginArray();
      for (Scored document : ranking.documents()) {
        out.beginObject().member("index", document.index());
        if (body.is(RETURN_TEXT)) {
          out.member("text", document.text());
        }
        out.member("score", document.score()).endObject();
      }
      out.endArray();
    };
  }

  private static Consumer<JsonOutput> cohere(Call call, Body body, Ranking ranking, int version) {
    return out -> {
      out.beginObject().member("id", call.id()).member("model", ranking.model());
      out.name("results").beginArray();
      ranking.documents().stream()
          .limit(body.get(TOP_N, Integer.MAX_VALUE))
          .forEach(document -> {
            out.beginObject()
                .member("index", document.index())
                .member("relevance_score", document.score());
            if (body.is(RETURN_TEXT)) {
              out.name("document").beginObject().member("text", document.text()).endObject();
            }
            out.endObject();
          });
      out.endArray();
      Usage.write(out, ranking.tokens());
      out.name("meta")
          .beginObject()
          .name("api_version")
          .beginObject()
          .member("version", Integer.toString(version))
          .endObject()
          .name("billed_units")
          .beginObject()
          .member("search_units", 1)
          .endObject()
          .endObject();
      out.endObject();
    };
  }
}
