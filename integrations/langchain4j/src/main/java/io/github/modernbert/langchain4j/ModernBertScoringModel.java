package io.github.modernbert.langchain4j;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import dev.langchain4j.model.scoring.ScoringModel;
import io.github.modernbert.CrossEncoder;
import io.github.modernbert.CrossEncoderOptions;
import io.github.modernbert.PairScores;
import io.github.modernbert.TextPair;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A scoring model that runs in the process, on any cross-encoder that {@link CrossEncoder} loads.
 *
 * {@snippet file="io/github/modernbert/langchain4j/SnippetsTest.java" region="rerank"}
 *
 * <p>Scores are those of {@link CrossEncoder#predict(List, CrossEncoderOptions)}: by default
 * between 0 and 1, unless the model's files name another activation than the sigmoid. Of a pair
 * that is too long the longer text is cut first. The token usage counts what was read of all pairs,
 * the query of each included.
 *
 * <p>Asynchronous calls are refused, as LangChain4j expects of a model that computes on the
 * caller's thread.
 *
 * <p>Immutable and safe for use by several threads. Holds native memory until it is closed.
 */
public final class ModernBertScoringModel implements ScoringModel, AutoCloseable {
  private final CrossEncoder encoder;
  private final CrossEncoderOptions options;

  /**
   * The model in a folder or of a name (see {@link io.github.modernbert.Models#locate(String)}),
   * with the default options.
   *
   * @param model the folder's path, or a name such as {@code organisation/name}
   * @throws io.github.modernbert.files.ModelFileException if a file is missing or cannot be used
   * @throws IllegalArgumentException if the model has several labels
   */
  public ModernBertScoringModel(String model) {
    this(single(CrossEncoder.load(model)), CrossEncoderOptions.defaults());
  }

  /**
   * A model that is loaded already.
   *
   * @throws IllegalArgumentException if the model has several labels
   */
  public ModernBertScoringModel(CrossEncoder encoder, CrossEncoderOptions options) {
    requireOneLabel(encoder);
    this.encoder = encoder;
    this.options = options;
  }

  private static CrossEncoder single(CrossEncoder loaded) {
    try {
      requireOneLabel(loaded);
      return loaded;
    } catch (IllegalArgumentException e) {
      loaded.close();
      throw e;
    }
  }

  private static void requireOneLabel(CrossEncoder encoder) {
    if (encoder.labels().size() != 1) {
      throw new IllegalArgumentException(
          "scoring needs a model with one label, %s has %s"
              .formatted(encoder.info().source(), encoder.labels()));
    }
  }

  /**
   * Scores texts against a query, in their order.
   *
   * @throws IllegalArgumentException if the list, an element or the query is null, or a pair is too
   *     long and the options say to refuse it
   * @throws IllegalStateException if the model is closed
   */
  @Override
  public Response<List<Double>> scoreAll(List<TextSegment> segments, String query) {
    requireGiven(segments, "segments");
    requireGiven(query, "query");
    List<TextPair> pairs =
        segments.stream()
            .map(segment -> new TextPair(query, requireGiven(segment, "segment").text()))
            .toList();
    List<PairScores> scores = encoder.predict(pairs, options);
    return Response.from(
        scores.stream().map(score -> (double) score.value()).toList(),
        new TokenUsage(scores.stream().mapToInt(PairScores::tokens).sum()));
  }

  private static <T> T requireGiven(@Nullable T value, String name) {
    if (value == null) {
      throw new IllegalArgumentException(name + " is null");
    }
    return value;
  }

  /** Closes the cross-encoder, also one that was given. */
  @Override
  public void close() {
    encoder.close();
  }
}
