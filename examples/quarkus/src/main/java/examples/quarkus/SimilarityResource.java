package examples.quarkus;

import io.github.modernbert.Embeddings;
import io.github.modernbert.Similarity;
import io.github.modernbert.TextEmbedder;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.util.List;

/** Compares two texts: {@code GET /similarity?a=…&b=…}. */
@Path("/similarity")
public final class SimilarityResource {
  private final TextEmbedder embedder;

  SimilarityResource(TextEmbedder embedder) {
    this.embedder = embedder;
  }

  /** The body of a response. */
  public record Answer(double similarity) {}

  @GET
  public Answer compare(@QueryParam("a") String a, @QueryParam("b") String b) {
    Embeddings vectors = embedder.embed(List.of(a, b));
    return new Answer(Similarity.cosine(vectors.vector(0), vectors.vector(1)));
  }
}
