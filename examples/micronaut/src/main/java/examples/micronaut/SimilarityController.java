package examples.micronaut;

import io.github.modernbert.Embeddings;
import io.github.modernbert.Similarity;
import io.github.modernbert.TextEmbedder;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.util.List;

/** Compares two texts: {@code GET /similarity?a=…&b=…}. */
@Controller("/similarity")
final class SimilarityController {
  private final TextEmbedder embedder;

  SimilarityController(TextEmbedder embedder) {
    this.embedder = embedder;
  }

  /** The body of a response. */
  @Serdeable
  record Answer(double similarity) {}

  /** Computes on a thread that may be kept waiting, not on one that moves bytes. */
  @Get
  @ExecuteOn(TaskExecutors.BLOCKING)
  Answer compare(@QueryValue String a, @QueryValue String b) {
    Embeddings vectors = embedder.embed(List.of(a, b));
    return new Answer(Similarity.cosine(vectors.vector(0), vectors.vector(1)));
  }
}
