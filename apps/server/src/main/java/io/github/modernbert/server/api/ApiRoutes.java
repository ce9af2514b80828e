package io.github.modernbert.server.api;

import static io.github.modernbert.server.http.ErrorFormat.COHERE;
import static io.github.modernbert.server.http.ErrorFormat.OPENAI;
import static io.github.modernbert.server.http.ErrorFormat.OPENAI_AND_TEI;
import static io.github.modernbert.server.http.ErrorFormat.TEI;
import static io.github.modernbert.server.http.Route.Access.KEY;
import static io.github.modernbert.server.http.Route.Access.PUBLIC;

import io.github.modernbert.server.api.openai.EmbeddingsEndpoint;
import io.github.modernbert.server.api.openai.ModelsEndpoint;
import io.github.modernbert.server.api.rerank.RerankEndpoint;
import io.github.modernbert.server.api.tasks.AnswerEndpoint;
import io.github.modernbert.server.api.tasks.ClassifyEndpoint;
import io.github.modernbert.server.api.tasks.ColBertEndpoint;
import io.github.modernbert.server.api.tasks.EntitiesEndpoint;
import io.github.modernbert.server.api.tasks.FillMaskEndpoint;
import io.github.modernbert.server.api.tei.EmbedEndpoint;
import io.github.modernbert.server.api.tei.InfoEndpoint;
import io.github.modernbert.server.api.tei.PredictEndpoint;
import io.github.modernbert.server.api.tei.ProbeEndpoint;
import io.github.modernbert.server.api.tei.SparseEndpoint;
import io.github.modernbert.server.api.tei.TokenizeEndpoint;
import io.github.modernbert.server.http.Route;
import io.github.modernbert.server.http.Routes;
import io.github.modernbert.server.page.Pages;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The table of routes. Each line's operation is one of {@code openapi.json}. */
public final class ApiRoutes {
  private ApiRoutes() {}

  /** All routes. */
  public static Routes of(Context context, String version, BooleanSupplier isStopping) {
    var probe = new ProbeEndpoint(context, isStopping);
    var info = new InfoEndpoint(context, version);
    var embed = new EmbedEndpoint(context);
    var sparse = new SparseEndpoint(context);
    var predict = new PredictEndpoint(context);
    var rerank = new RerankEndpoint(context);
    var tokenize = new TokenizeEndpoint(context);
    var embeddings = new EmbeddingsEndpoint(context);
    var models = new ModelsEndpoint(context);
    var classify = new ClassifyEndpoint(context);
    var entities = new EntitiesEndpoint(context);
    var fillMask = new FillMaskEndpoint(context);
    var answer = new AnswerEndpoint(context);
    var colbert = new ColBertEndpoint(context);
    var root = new RootEndpoint(context, embed, sparse, predict, rerank);
    var pages = new Pages(probe::health);
    return new Routes(
        List.of(
            // What watches the server.
            new Route("GET", "/health", "health", PUBLIC, TEI, probe::health),
            new Route("GET", "/ping", "ping", PUBLIC, TEI, probe::health),
            new Route("GET", "/live", "live", PUBLIC, TEI, probe::live),
            new Route("GET", "/metrics", "metrics", PUBLIC, TEI, probe::metrics),
            // text-embeddings-inference.
            new Route("GET", "/info", "info", KEY, TEI, info::info),
            new Route("POST", "/", "root", KEY, TEI, root::answer),
            new Route("POST", "/invocations", "invocations", KEY, TEI, root::answer),
            new Route("POST", "/embed", "embed", KEY, TEI, embed::embed),
            new Route("POST", "/embed_all", "embedAll", KEY, TEI, embed::embedAll),
            new Route("POST", "/embed_sparse", "embedSparse", KEY, TEI, sparse::embedSparse),
            new Route("POST", "/similarity", "similarity", KEY, TEI, embed::similarity),
            new Route("POST", "/predict", "predict", KEY, TEI, predict::predict),
            new Route("POST", "/rerank", "rerank", KEY, TEI, rerank::rerank),
            new Route("POST", "/tokenize", "tokenize", KEY, TEI, tokenize::tokenize),
            new Route("POST", "/decode", "decode", KEY, TEI, tokenize::decode),
            // OpenAI.
            new Route(
                "POST",
                "/v1/embeddings",
                "embeddings",
                KEY,
                OPENAI_AND_TEI,
                embeddings::embeddings),
            new Route(
                "POST",
                "/embeddings",
                "embeddingsShort",
                KEY,
                OPENAI_AND_TEI,
                embeddings::embeddings),
            new Route("GET", "/v1/models", "models", KEY, OPENAI, models::list),
            new Route("GET", "/v1/models/*", "model", KEY, OPENAI, models::one),
            // Cohere and Jina.
            new Route("POST", "/v1/rerank", "rerankV1", KEY, COHERE, rerank::rerankV1),
            new Route("POST", "/v2/rerank", "rerankV2", KEY, COHERE, rerank::rerankV2),
            // Our own. The paths without a version are other names of the same operations.
            new Route("POST", "/v1/classify", "classify", KEY, OPENAI, classify::classify),
            new Route("POST", "/v1/zero-shot", "zeroShot", KEY, OPENAI, classify::zeroShot),
            new Route("POST", "/v1/entities", "entities", KEY, OPENAI, entities::entities),
            new Route("POST", "/v1/fill-mask", "fillMask", KEY, OPENAI, fillMask::fill),
            new Route("POST", "/v1/answer", "answer", KEY, OPENAI, answer::answer),
            new Route("POST", "/v1/colbert", "colbert", KEY, OPENAI, colbert::encode),
            new Route("POST", "/entities", "entities", KEY, OPENAI, entities::entities),
            new Route("POST", "/fill-mask", "fillMask", KEY, OPENAI, fillMask::fill),
            new Route("POST", "/colbert", "colbert", KEY, OPENAI, colbert::encode),
            // Pages.
            new Route("GET", "/", "page", PUBLIC, TEI, pages::start),
            new Route("GET", "/docs", "docs", PUBLIC, TEI, pages::docs),
            new Route("GET", "/openapi.json", "openapi", PUBLIC, TEI, pages::openApi),
            new Route("GET", "/api-doc/openapi.json", "openapiOfTei", PUBLIC, TEI, pages::openApi),
            new Route("GET", "/page/*", "pageFile", PUBLIC, TEI, pages::file)));
  }
}
