package io.github.modernbert.server.api.rerank;

import io.github.modernbert.ColBert;
import io.github.modernbert.ColBertOptions;
import io.github.modernbert.CrossEncoder;
import io.github.modernbert.CrossEncoderOptions;
import io.github.modernbert.PairScores;
import io.github.modernbert.ScoreFunction;
import io.github.modernbert.Task;
import io.github.modernbert.TextPair;
import io.github.modernbert.TokenEmbeddings;
import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.api.Measured;
import io.github.modernbert.server.api.ModelChoice.Chosen;
import io.github.modernbert.server.api.Usage;
import io.github.modernbert.server.http.ApiException;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.ErrorKind;
import io.github.modernbert.server.http.JsonOutput;
import io.github.modernbert.server.http.Reply;
import io.github.modernbert.server.metrics.Metrics;
import io.github.modernbert.tokenizer.EncodeOptions;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.tokenizer.Tokenizer;
import io.github.modernbert.tokenizer.Truncation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Ranks documents by how well they answer a query: with a cross-encoder, or with ColBERT. */
public final class RerankEndpoint {
  /**
   * After how many tokens version 2 of Cohere's API cuts a document unless it is told otherwise.
   */
  private static final int COHERE_TOKENS = 4096;

  private final Context context;

  /** With what endpoints need. */
  public RerankEndpoint(Context context) {
    this.context = context;
  }

  /** {@code /rerank}: as text-embeddings-inference has it, or Cohere if there are documents. */
  public Reply rerank(Call call) {
    RerankBody body = RerankBody.read(call, context);
    return body.isTei()
        ? answer(call, body, body.maxTokensPerDoc(), ranking -> tei(body, ranking))
        : answer(call, body, body.maxTokensPerDoc(), ranking -> cohere(call, body, ranking, 1));
  }

  /** {@code /v1/rerank}: as Cohere and Jina have it. */
  public Reply rerankV1(Call call) {
    RerankBody body = RerankBody.read(call, context);
    return answer(call, body, body.maxTokensPerDoc(), ranking -> cohere(call, body, ranking, 1));
  }

  /** {@code /v2/rerank}: as Cohere has it, documents cut after 4096 tokens. */
  public Reply rerankV2(Call call) {
    RerankBody body = RerankBody.read(call, context);
    Integer most = body.maxTokensPerDoc() == null ? COHERE_TOKENS : body.maxTokensPerDoc();
    return answer(call, body, most, ranking -> cohere(call, body, ranking, 2));
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
      Call call,
      RerankBody body,
      @Nullable Integer maxTokens,
      Function<Ranking, Consumer<JsonOutput>> writer) {
    return context.models().firstOf(body.model(), CrossEncoder.class, ColBert.class)
            instanceof ColBert
        ? byColBert(call, body, maxTokens, writer)
        : byCrossEncoder(call, body, maxTokens, writer);
  }

  private Reply byCrossEncoder(
      Call call,
      RerankBody body,
      @Nullable Integer maxTokens,
      Function<Ranking, Consumer<JsonOutput>> writer) {
    List<String> documents = body.documents();
    String query = body.query();
    Chosen<CrossEncoder> chosen =
        context.models().of(CrossEncoder.class, Task.RERANKING, body.model());
    CrossEncoder model = chosen.model();
    if (model.labels().size() != 1) {
      throw new ApiException(
          ErrorKind.BACKEND,
          "model %s is not a re-ranker: it has the labels %s"
              .formatted(chosen.alias(), model.labels()));
    }
    CrossEncoderOptions read = body.reading().applyTo(CrossEncoderOptions.defaults());
    CrossEncoderOptions options = body.rawScores() ? read.scoreFunction(ScoreFunction.NONE) : read;
    UnaryOperator<String> cut = cut(model.tokenizer(), maxTokens);
    return measured(call, chosen.alias(), query, documents)
        .reply(
            () ->
                model.predict(
                    documents.stream()
                        .map(document -> new TextPair(query, cut.apply(document)))
                        .toList(),
                    options),
            all -> Measured.Count.of(all, PairScores::tokens, PairScores::truncated),
            (all, count) ->
                writer.apply(
                    ranking(
                        chosen.alias(),
                        documents,
                        all.stream().map(PairScores::value).toList(),
                        count.tokens())));
  }

  /** The result of a ColBERT model: a score for each document, and their tokens. */
  private record MaxSims(List<Float> scores, List<TokenEmbeddings> documents) {}

  private Reply byColBert(
      Call call,
      RerankBody body,
      @Nullable Integer maxTokens,
      Function<Ranking, Consumer<JsonOutput>> writer) {
    List<String> documents = body.documents();
    String query = body.query();
    Chosen<ColBert> chosen =
        context.models().of(ColBert.class, Task.LATE_INTERACTION, body.model());
    ColBert model = chosen.model();
    ColBertOptions options = body.reading().applyTo(ColBertOptions.defaults());
    UnaryOperator<String> cut = cut(model.tokenizer(), maxTokens);
    return measured(call, chosen.alias(), query, documents)
        .reply(
            () -> {
              TokenEmbeddings wanted = model.encodeQueries(List.of(query), options).getFirst();
              List<TokenEmbeddings> encoded =
                  model.encodeDocuments(documents.stream().map(cut).toList(), options);
              return new MaxSims(
                  encoded.stream().map(document -> model.similarity(wanted, document)).toList(),
                  encoded);
            },
            all ->
                Measured.Count.of(
                    all.documents(), TokenEmbeddings::size, TokenEmbeddings::truncated),
            (all, count) ->
                writer.apply(ranking(chosen.alias(), documents, all.scores(), count.tokens())));
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

  /** Cuts a document after so many tokens. */
  private static UnaryOperator<String> cut(Tokenizer tokenizer, @Nullable Integer maxTokens) {
    if (maxTokens == null) {
      return document -> document;
    }
    EncodeOptions options =
        EncodeOptions.plain().withSpecialTokens(false).withTruncation(Truncation.to(maxTokens));
    return document -> {
      // A token is at least one character, so short documents need no look.
      if (document.length() <= maxTokens) {
        return document;
      }
      Encoding encoding = tokenizer.encode(document, options);
      return encoding.isTruncated()
          ? document.substring(0, encoding.end(encoding.length() - 1))
          : document;
    };
  }

  private Measured measured(Call call, String model, String query, List<String> documents) {
    long characters =
        documents.stream().mapToLong(document -> (long) document.length() + query.length()).sum();
    return new Measured(
        call, context, Metrics.Work.PREDICT, model, documents.size(), true, characters);
  }

  private static Consumer<JsonOutput> tei(RerankBody body, Ranking ranking) {
    return out -> {
      out.beginArray();
      for (Scored document : ranking.documents()) {
        out.beginObject().member("index", document.index());
        if (body.returnsText()) {
          out.member("text", document.text());
        }
        out.member("score", document.score()).endObject();
      }
      out.endArray();
    };
  }

  private static Consumer<JsonOutput> cohere(
      Call call, RerankBody body, Ranking ranking, int version) {
    return out -> {
      out.beginObject().member("id", call.id()).member("model", ranking.model());
      out.name("results").beginArray();
      ranking.documents().stream()
          .limit(body.topN())
          .forEach(document -> {
            out.beginObject()
                .member("index", document.index())
                .member("relevance_score", document.score());
            if (body.returnsText()) {
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
