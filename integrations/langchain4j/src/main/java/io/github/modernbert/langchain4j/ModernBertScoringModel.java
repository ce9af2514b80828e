package io.github.modernbert.langchain4j;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import dev.langchain4j.model.scoring.ScoringModel;
import io.github.modernbert.CrossEncoder;
import io.github.modernbert.CrossEncoderOptions;
import io.github.modernbert.LoadOptions;
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
  private final boolean isOwned;

  /**
   * Loads a cross-encoder with default options.
   *
   * @param model the path of a folder, or a name such as {@code organisation/name}; see {@link
   *     io.github.modernbert.Models#locate(String)}
   * @throws io.github.modernbert.files.ModelFileException if a file is missing or cannot be used
   * @throws IllegalArgumentException if it is null, there is neither such a folder nor a model of
   *     that name, or the model has several labels
   */
  public ModernBertScoringModel(String model) {
    this(builder().model(model));
  }

  /**
   * Wraps a loaded cross-encoder, which is the caller's to close.
   *
   * @param encoder a cross-encoder with one label
   * @param options prompt, activation and truncation
   * @throws IllegalArgumentException if an argument is null, the model has several labels, or the
   *     options do not fit it
   */
  public ModernBertScoringModel(CrossEncoder encoder, CrossEncoderOptions options) {
    this(builder().encoder(requireGiven(encoder, "encoder")).options(options));
  }

  private ModernBertScoringModel(Builder builder) {
    options = requireGiven(builder.options, "options");
    isOwned = builder.encoder == null;
    encoder = builder.encoder == null ? builder.load() : builder.encoder;
    try {
      requireOneLabel(encoder);
      // The options are checked against the model.
      encoder.predict(List.of(), options);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** A builder, to which a model has to be given. */
  public static Builder builder() {
    return new Builder();
  }

  private static void requireOneLabel(CrossEncoder encoder) {
    if (encoder.labels().size() != 1) {
      throw new IllegalArgumentException(
          "scoring needs a model with one label, %s has %s"
              .formatted(encoder.info().source(), encoder.labels()));
    }
  }

  /**
   * Scores texts against a query.
   *
   * @param segments any number of texts
   * @param query any text
   * @return a score for each text, in the order of the texts, and the number of tokens read
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

  /** Closes the cross-encoder, unless it was handed in: that one is the caller's to close. */
  @Override
  public void close() {
    if (isOwned) {
      encoder.close();
    }
  }

  /**
   * Builds a scoring model.
   *
   * {@snippet file="io/github/modernbert/langchain4j/SnippetsTest.java" region="scoring-builder"}
   */
  public static final class Builder {
    private @Nullable String model;
    private @Nullable CrossEncoder encoder;
    private LoadOptions loadOptions = LoadOptions.defaults();
    private CrossEncoderOptions options = CrossEncoderOptions.defaults();

    private Builder() {}

    /**
     * Sets the model to load.
     *
     * @param nameOrFolder the path of a folder, or a name such as {@code organisation/name}
     * @return this builder
     */
    public Builder model(String nameOrFolder) {
      this.model = nameOrFolder;
      return this;
    }

    /**
     * Sets a loaded cross-encoder, instead of a model to load.
     *
     * @param loaded a cross-encoder with one label; the caller closes it, after the scoring model
     * @return this builder
     */
    public Builder encoder(CrossEncoder loaded) {
      this.encoder = loaded;
      return this;
    }

    /**
     * Sets threads, kernels, precision and memory of the model to load.
     *
     * @param value the options
     * @return this builder
     */
    public Builder loadOptions(LoadOptions value) {
      this.loadOptions = value;
      return this;
    }

    /**
     * Sets prompt, activation and truncation.
     *
     * @param value the options
     * @return this builder
     */
    public Builder options(CrossEncoderOptions value) {
      this.options = value;
      return this;
    }

    /**
     * Builds the scoring model, and loads the model unless one was given.
     *
     * @return the scoring model; the caller closes it
     * @throws io.github.modernbert.files.ModelFileException if a file is missing or cannot be used
     * @throws IllegalArgumentException if the model has several labels, the options do not fit it,
     *     or not exactly one of a model to load and a loaded one is given
     */
    public ModernBertScoringModel build() {
      if (encoder != null && model != null) {
        throw new IllegalArgumentException("an encoder is given and the model " + model + " too");
      }
      return new ModernBertScoringModel(this);
    }

    private CrossEncoder load() {
      return CrossEncoder.load(requireGiven(model, "model"), loadOptions);
    }
  }
}
