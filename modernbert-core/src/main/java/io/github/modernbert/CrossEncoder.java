package io.github.modernbert;

import io.github.modernbert.config.ActivationFunction;
import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.EmbeddingHead;
import io.github.modernbert.tasks.Ranking;
import io.github.modernbert.tasks.Request;
import io.github.modernbert.tasks.SequenceHead;
import io.github.modernbert.tasks.VectorActivation;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.weights.SentenceTransformersFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Scores pairs of texts that are read together, and ranks documents by how well they answer a
 * query, as {@code CrossEncoder} of sentence-transformers does with the same folder: a checkpoint
 * of {@code ModernBertForSequenceClassification}, with or without {@code modules.json}, or an
 * encoder with modules of which the last one makes the scores.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="rank"}
 *
 * <p>Of a pair that is too long the longer text is cut first. Pairs of a call are computed together
 * in batches that are formed inside; scores have the same bits whatever is computed with them.
 * Immutable and safe for use by several threads; see {@link TaskModel}.
 */
public final class CrossEncoder extends TaskModel {
  private final PairHead head;
  private final ActivationFunction activation;

  private CrossEncoder(Loaded loaded) {
    super(loaded);
    SentenceTransformersFolder settings = model().settings();
    head =
        settings.isReranker()
            ? modules(settings, model().backbone())
            : classifier(model().config(), model().backbone());
    activation = settings.crossEncoderActivation(head.labels().size());
  }

  /** The head that makes logits of the hidden states of a pair. */
  private record PairHead(
      BiFunction<int[], Matrix, float[]> logits,
      List<String> labels,
      String steps,
      Set<String> tensors) {}

  private static PairHead classifier(ModernBertConfig config, Backbone backbone) {
    var head = new SequenceHead(backbone, config.numLabels());
    return new PairHead(
        (ids, hidden) -> head.logits(hidden), config.labels(), head.steps(), head.tensors());
  }

  private static PairHead modules(SentenceTransformersFolder settings, Backbone backbone) {
    var head = new EmbeddingHead(settings.modules(), backbone);
    int count = head.dimension();
    // The names in config.json are those of a head that modules replace.
    List<String> labels = IntStream.range(0, count).mapToObj(i -> "LABEL_" + i).toList();
    return new PairHead(
        (ids, hidden) -> head.apply(ids, hidden, 0, count, false), labels, head.steps(), Set.of());
  }

  /** Like {@link #load(Path, LoadOptions)} with the default options. */
  public static CrossEncoder load(Path folder) {
    return load(folder, LoadOptions.defaults());
  }

  /**
   * Loads a folder.
   *
   * @throws ModelFileException if a file is missing or cannot be used, or the checkpoint has
   *     another head
   * @throws IllegalArgumentException if the demanded kernels are not installed
   * @throws UnsupportedOperationException if the demanded kernels cannot run here
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static CrossEncoder load(Path folder, LoadOptions options) {
    return TaskModel.load(folder, Task.RERANKING, options, CrossEncoder::new);
  }

  /** Like {@link #load(String, LoadOptions)} with the default options. */
  public static CrossEncoder load(String nameOrFolder) {
    return load(nameOrFolder, LoadOptions.defaults());
  }

  /**
   * Loads a folder, or a model by its name, such as {@code organisation/name}; see {@link
   * Models#locate(String)}.
   *
   * @throws IllegalArgumentException if there is neither, or as {@link #load(Path, LoadOptions)},
   *     whose other exceptions it has too
   */
  public static CrossEncoder load(String nameOrFolder, LoadOptions options) {
    return load(Models.locate(nameOrFolder), options);
  }

  /** The names of the labels, one for each value of a pair's scores. */
  public List<String> labels() {
    return head.labels();
  }

  /**
   * The scores of a pair, with the default options: see {@link #predict(TextPair,
   * CrossEncoderOptions)}, whose exceptions it has.
   */
  public PairScores predict(TextPair pair) {
    return predict(pair, CrossEncoderOptions.defaults());
  }

  /**
   * The scores of a pair.
   *
   * @throws IllegalArgumentException if the pair is null, the options do not fit the model, or the
   *     pair is too long and the options say to refuse it
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public PairScores predict(TextPair pair, CrossEncoderOptions options) {
    return model().one("pair", pair, prepare(options), options.reading());
  }

  /**
   * The scores of pairs, with the default options: see {@link #predict(List, CrossEncoderOptions)},
   * whose exceptions it has.
   */
  public List<PairScores> predict(List<TextPair> pairs) {
    return predict(pairs, CrossEncoderOptions.defaults());
  }

  /**
   * The scores of pairs, in their order.
   *
   * @throws IllegalArgumentException as {@link #predict(TextPair, CrossEncoderOptions)}, whose
   *     other exceptions it has too
   */
  public List<PairScores> predict(List<TextPair> pairs, CrossEncoderOptions options) {
    return model().list("pairs", pairs, prepare(options), options.reading());
  }

  /**
   * The scores of pairs as they come, in their order. Pairs are taken from the stream in groups of
   * some batches, when the result is asked for them, so memory does not grow with their number.
   *
   * @throws IllegalArgumentException as {@link #predict(TextPair, CrossEncoderOptions)}, whose
   *     other exceptions it has too; some only when the result is read
   */
  public Stream<PairScores> predict(Stream<TextPair> pairs, CrossEncoderOptions options) {
    return model().stream("pairs", pairs, prepare(options), options.reading());
  }

  /**
   * The documents in the order of how well they answer a query, with the default options: see
   * {@link #rank(String, List, CrossEncoderOptions)}, whose exceptions it has.
   */
  public List<RankedDocument> rank(String query, List<String> documents) {
    return rank(query, documents, CrossEncoderOptions.defaults());
  }

  /**
   * The documents in the order of how well they answer a query, best first; of equal ones the
   * earlier first.
   *
   * @throws IllegalArgumentException as {@link #predict(TextPair, CrossEncoderOptions)}, or if the
   *     model has several labels
   */
  public List<RankedDocument> rank(
      String query, List<String> documents, CrossEncoderOptions options) {
    if (labels().size() != 1) {
      throw new IllegalArgumentException(
          "ranking needs a model with one label, this one has %s; use predict".formatted(labels()));
    }
    Arguments.notNull(query, "query");
    Function<TextPair, Request<PairScores, PairScores>> scored = prepare(options);
    List<PairScores> scores =
        model()
            .list(
                "documents",
                Arguments.notNull(documents, "documents"),
                document -> scored.apply(new TextPair(query, document)),
                options.reading());
    var ranked = new ArrayList<RankedDocument>();
    for (int i = 0; i < scores.size(); i++) {
      ranked.add(new RankedDocument(i, scores.get(i).value(), documents.get(i)));
    }
    ranked.sort(Ranking.bestFirst(RankedDocument::score));
    return List.copyOf(ranked.subList(0, Math.min(options.topK(), ranked.size())));
  }

  private Function<TextPair, Request<PairScores, PairScores>> prepare(CrossEncoderOptions options) {
    int length = model().maxLength(Arguments.notNull(options, "options").reading(), 2);
    String prompt = model().prompt(options.promptName(), options.promptText());
    UnaryOperator<float[]> function =
        options
            .scoreFunction()
            .<UnaryOperator<float[]>>map(chosen -> chosen::apply)
            .orElse(logits -> VectorActivation.apply(activation, logits));
    return pair -> {
      Encoding encoding =
          model().encode(prompt + pair.first(), pair.second(), length, options.reading());
      return Request.of(
          encoding.ids(),
          hidden ->
              new PairScores(
                  function.apply(head.logits().apply(encoding.ids(), hidden)),
                  encoding.length(),
                  encoding.isTruncated()));
    };
  }

  @Override
  String steps() {
    return head.steps() + ", " + activation.name().toLowerCase(Locale.ROOT);
  }

  @Override
  Set<String> headTensors() {
    return head.tensors();
  }
}
