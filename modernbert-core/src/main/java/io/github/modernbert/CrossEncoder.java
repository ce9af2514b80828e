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
 * Scores pairs of texts, each read as one sequence, and ranks documents by how well they answer a
 * query, as {@code CrossEncoder} of sentence-transformers does with the same folder. The folder
 * holds a checkpoint of {@code ModernBertForSequenceClassification}, with or without {@code
 * modules.json}, or an encoder with modules of which the last one computes the scores.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="rank"}
 *
 * <p>If a pair is too long, tokens are removed from the longer text first. The pairs of a call are
 * computed in batches that the library forms; the bits of a score do not depend on them. Immutable
 * and safe for use by several threads; see {@link TaskModel}.
 */
public final class CrossEncoder extends TaskModel {
  private final PairHead head;
  private final ActivationFunction activation;

  CrossEncoder(Loaded loaded) {
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

  /**
   * Loads a cross-encoder with {@linkplain LoadOptions#defaults default options}.
   *
   * @param folder a folder that holds config.json, weights and tokenizer.json
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the checkpoint has
   *     another head
   * @throws IllegalArgumentException if the folder is null
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static CrossEncoder load(Path folder) {
    return load(folder, LoadOptions.defaults());
  }

  /**
   * Loads a cross-encoder.
   *
   * @param folder a folder that holds config.json, weights and tokenizer.json
   * @param options threads, kernels, precision and memory of the model
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the checkpoint has
   *     another head
   * @throws IllegalArgumentException if an argument is null, the chosen kernels are not installed,
   *     or the model has fewer layers than the options ask for
   * @throws UnsupportedOperationException if the chosen kernels cannot run here
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static CrossEncoder load(Path folder, LoadOptions options) {
    return TaskModel.load(folder, Task.RERANKING, options, CrossEncoder::new);
  }

  /**
   * Loads a cross-encoder by name with {@linkplain LoadOptions#defaults default options}; see
   * {@link Models#locate(String)}.
   *
   * @param nameOrFolder the path of a folder, or a name that an installed {@link ModelLocator}
   *     knows, such as {@code organisation/name}
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the checkpoint has
   *     another head
   * @throws IllegalArgumentException if the argument is null, or there is neither such a folder nor
   *     a model of that name
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws RuntimeException as the locator defines it, if it knows the name and cannot provide the
   *     model
   */
  public static CrossEncoder load(String nameOrFolder) {
    return load(nameOrFolder, LoadOptions.defaults());
  }

  /**
   * Loads a cross-encoder by name; see {@link Models#locate(String)}.
   *
   * @param nameOrFolder the path of a folder, or a name that an installed {@link ModelLocator}
   *     knows, such as {@code organisation/name}
   * @param options threads, kernels, precision and memory of the model
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the checkpoint has
   *     another head
   * @throws IllegalArgumentException if an argument is null, there is neither such a folder nor a
   *     model of that name, the chosen kernels are not installed, or the model has fewer layers
   *     than the options ask for
   * @throws UnsupportedOperationException if the chosen kernels cannot run here
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws RuntimeException as the locator defines it, if it knows the name and cannot provide the
   *     model
   */
  public static CrossEncoder load(String nameOrFolder, LoadOptions options) {
    return load(Models.locate(nameOrFolder), options);
  }

  /** The names of the labels, in the order of {@link PairScores#values}; rerankers have one. */
  public List<String> labels() {
    return head.labels();
  }

  /**
   * Scores a pair of texts with {@linkplain CrossEncoderOptions#defaults default options}.
   *
   * @param pair most often a query and a document
   * @return a score for each label
   * @throws IllegalArgumentException if the pair is null
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public PairScores predict(TextPair pair) {
    return predict(pair, CrossEncoderOptions.defaults());
  }

  /**
   * Scores a pair of texts.
   *
   * @param pair most often a query and a document
   * @param options prompt, activation and truncation
   * @return a score for each label
   * @throws IllegalArgumentException if an argument is null, the options do not fit the model, or
   *     the pair is too long and the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public PairScores predict(TextPair pair, CrossEncoderOptions options) {
    return model().one("pair", pair, prepare(options), options.reading());
  }

  /**
   * Scores pairs of texts with {@linkplain CrossEncoderOptions#defaults default options}.
   *
   * @param pairs any number of pairs
   * @return the scores of each pair, in the order of the pairs
   * @throws IllegalArgumentException if the list or a pair is null
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<PairScores> predict(List<TextPair> pairs) {
    return predict(pairs, CrossEncoderOptions.defaults());
  }

  /**
   * Scores pairs of texts.
   *
   * @param pairs any number of pairs
   * @param options prompt, activation and truncation
   * @return the scores of each pair, in the order of the pairs
   * @throws IllegalArgumentException if an argument or a pair is null, the options do not fit the
   *     model, or a pair is too long and the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<PairScores> predict(List<TextPair> pairs, CrossEncoderOptions options) {
    return model().list("pairs", pairs, prepare(options), options.reading());
  }

  /**
   * Scores a stream of pairs of texts.
   *
   * <p>Pairs are taken from the stream in groups of some batches while the result is read, so
   * memory does not grow with their number; exceptions that concern a pair are thrown then. Read
   * the result to its end or close it, which also closes the given stream.
   *
   * @param pairs any number of pairs
   * @param options prompt, activation and truncation
   * @return the scores of each pair, in the order of the pairs
   * @throws IllegalArgumentException if an argument or a pair is null, the options do not fit the
   *     model, or a pair is too long and the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Stream<PairScores> predict(Stream<TextPair> pairs, CrossEncoderOptions options) {
    return model().stream("pairs", pairs, prepare(options), options.reading());
  }

  /**
   * Ranks documents by how well they answer a query, with {@linkplain CrossEncoderOptions#defaults
   * default options}.
   *
   * @param query any text
   * @param documents any number of texts
   * @return all documents, best first; equal scores keep the order of the list
   * @throws IllegalArgumentException if an argument or a document is null, or the model has several
   *     labels
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<RankedDocument> rank(String query, List<String> documents) {
    return rank(query, documents, CrossEncoderOptions.defaults());
  }

  /**
   * Ranks documents by how well they answer a query.
   *
   * @param query any text
   * @param documents any number of texts
   * @param options prompt, activation, number of documents to keep, and truncation
   * @return documents, best first; equal scores keep the order of the list
   * @throws IllegalArgumentException if an argument or a document is null, the model has several
   *     labels, the options do not fit it, or a pair of query and document is too long and the
   *     options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
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
    String prompt = model().prompt(options.prompt());
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
