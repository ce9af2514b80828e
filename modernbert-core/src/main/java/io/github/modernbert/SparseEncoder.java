package io.github.modernbert;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.MaskedLmHead;
import io.github.modernbert.tasks.Request;
import io.github.modernbert.tasks.SpladePooler;
import io.github.modernbert.tasks.TaskRoute;
import io.github.modernbert.tasks.TokenLookup;
import io.github.modernbert.tasks.TokenizedText;
import io.github.modernbert.tasks.TopTokens;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.weights.SparseRoute;
import io.github.modernbert.weights.SparseRoutes;
import io.github.modernbert.weights.SpladeSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Turns texts into sparse vectors over the vocabulary (SPLADE, arXiv:2109.10086), as {@code
 * SparseEncoder} of sentence-transformers does with the same folder. The weight of a vocabulary
 * token is the maximum over the text's tokens of log(1 + relu(logit)), or another pooling and
 * activation that the model's files name.
 *
 * {@snippet file="io/github/modernbert/TokenSnippetsTest.java" region="sparse"}
 *
 * <p>Vectors have the same bits alone and in any list, on any number of threads and with any
 * kernels. Immutable and safe for use by several threads; see {@link TaskModel}.
 */
public final class SparseEncoder extends TaskModel {
  private final SparseRoutes routes;
  private final OptionalInt maxActiveDims;
  private final MaskedLmHead head;
  private final Map<SparseRoute, TokenLookup> lookups = new HashMap<>();

  SparseEncoder(Loaded loaded) {
    super(loaded);
    int vocabSize = dimension();
    routes = SparseRoutes.read(model().settings().root(), vocabSize);
    maxActiveDims = SpladeSettings.maxActiveDims(model().settings().root());
    head = MaskedLmHead.load(model().backbone());
    Stream.concat(routes.unnamed().stream(), routes.byTask().values().stream())
        .filter(SparseRoute.TokenLookup.class::isInstance)
        .forEach(route ->
            lookups.computeIfAbsent(
                route, _ -> new TokenLookup((SparseRoute.TokenLookup) route, vocabSize)));
    if (!model().settings().hasModules()) {
      warn(
          "no modules.json says how logits become weights; the maximum of log(1 + relu) is taken,"
              + " which is useful only if the model was trained for it");
    }
  }

  /**
   * Loads a sparse encoder with {@linkplain LoadOptions#defaults default options}.
   *
   * @param folder a folder that holds config.json, weights and tokenizer.json
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the model has no
   *     masked-LM head
   * @throws IllegalArgumentException if the folder is null
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static SparseEncoder load(Path folder) {
    return load(folder, LoadOptions.defaults());
  }

  /**
   * Loads a masked language model with the {@code SpladePooling} of sentence-transformers. Without
   * {@code modules.json} the maximum of log(1 + relu) is taken, as in the reference; that is useful
   * only if the model was trained for it, and a warning is logged. Where a {@code Router} leads
   * queries past the encoder, {@link SparseOptions#prompt} says what a text is.
   *
   * @param folder a folder that holds config.json, weights and tokenizer.json
   * @param options threads, kernels, precision and memory of the model
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the model has no
   *     masked-LM head
   * @throws IllegalArgumentException if an argument is null, the chosen kernels are not installed,
   *     or the model has fewer layers than the options ask for
   * @throws UnsupportedOperationException if the chosen kernels cannot run here
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static SparseEncoder load(Path folder, LoadOptions options) {
    return TaskModel.load(folder, Task.SPARSE_EMBEDDING, options, SparseEncoder::new);
  }

  /**
   * Loads a sparse encoder by name with {@linkplain LoadOptions#defaults default options}; see
   * {@link Models#locate(String)}.
   *
   * @param nameOrFolder the path of a folder, or a name that an installed {@link ModelLocator}
   *     knows, such as {@code organisation/name}
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the model has no
   *     masked-LM head
   * @throws IllegalArgumentException if the argument is null, or there is neither such a folder nor
   *     a model of that name
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws RuntimeException as the locator defines it, if it knows the name and cannot provide the
   *     model
   */
  public static SparseEncoder load(String nameOrFolder) {
    return load(nameOrFolder, LoadOptions.defaults());
  }

  /**
   * Loads a sparse encoder by name; see {@link Models#locate(String)}.
   *
   * @param nameOrFolder the path of a folder, or a name that an installed {@link ModelLocator}
   *     knows, such as {@code organisation/name}
   * @param options threads, kernels, precision and memory of the model
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the model has no
   *     masked-LM head
   * @throws IllegalArgumentException if an argument is null, there is neither such a folder nor a
   *     model of that name, the chosen kernels are not installed, or the model has fewer layers
   *     than the options ask for
   * @throws UnsupportedOperationException if the chosen kernels cannot run here
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws RuntimeException as the locator defines it, if it knows the name and cannot provide the
   *     model
   */
  public static SparseEncoder load(String nameOrFolder, LoadOptions options) {
    return load(Models.locate(nameOrFolder), options);
  }

  /** The number of dimensions of a vector, which is the size of the vocabulary. */
  public int dimension() {
    return model().config().vocabSize();
  }

  /**
   * Computes the sparse vector of a text with {@linkplain SparseOptions#defaults default options}.
   *
   * @param text any text, which may be empty
   * @return the weights of the tokens that have one above 0
   * @throws IllegalArgumentException if the text is null
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public SparseEmbedding encode(String text) {
    return encode(text, SparseOptions.defaults());
  }

  /**
   * Computes the sparse vector of a text.
   *
   * @param text any text, which may be empty
   * @param options prompt, number of weights to keep, and truncation
   * @return the weights of the tokens that have one above 0
   * @throws IllegalArgumentException if an argument is null, the options do not fit the model, or
   *     the text is too long and the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public SparseEmbedding encode(String text, SparseOptions options) {
    return model().one("text", text, encoding(options), options.reading());
  }

  /**
   * Computes the sparse vectors of texts with {@linkplain SparseOptions#defaults default options}.
   *
   * @param texts any number of texts
   * @return a vector for each text, in the order of the texts
   * @throws IllegalArgumentException if the list or a text is null
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<SparseEmbedding> encode(List<String> texts) {
    return encode(texts, SparseOptions.defaults());
  }

  /**
   * Computes the sparse vectors of texts.
   *
   * @param texts any number of texts
   * @param options prompt, number of weights to keep, and truncation
   * @return a vector for each text, in the order of the texts
   * @throws IllegalArgumentException if an argument or a text is null, the options do not fit the
   *     model, or a text is too long and the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<SparseEmbedding> encode(List<String> texts, SparseOptions options) {
    return model().list("texts", texts, encoding(options), options.reading());
  }

  /**
   * Computes the sparse vectors of a stream of texts.
   *
   * <p>Texts are taken from the stream in groups of some batches while the result is read, so
   * memory does not grow with their number; exceptions that concern a text are thrown then. Read
   * the result to its end or close it, which also closes the given stream.
   *
   * @param texts any number of texts
   * @param options prompt, number of weights to keep, and truncation
   * @return a vector for each text, in the order of the texts
   * @throws IllegalArgumentException if an argument or a text is null, the options do not fit the
   *     model, or a text is too long and the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Stream<SparseEmbedding> encode(Stream<String> texts, SparseOptions options) {
    return model().stream("texts", texts, encoding(options), options.reading());
  }

  /**
   * Computes the sparse vectors of sequences of token ids, which are used unchanged: no prompt and
   * no special tokens are added.
   *
   * @param sequences token ids, special ones included where the model reads them; each sequence has
   *     from 1 to {@code max_position_embeddings} ids
   * @param options the number of weights to keep; a prompt chooses between a model's ways to encode
   *     and is not read, truncation has no effect
   * @return a vector for each sequence, in their order
   * @throws IllegalArgumentException if an argument or a sequence is null, the options do not fit
   *     the model, or a sequence is empty, too long, or has an id that is not in the vocabulary
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<SparseEmbedding> encodeTokenIds(List<int[]> sequences, SparseOptions options) {
    SparseRoute route = route(options);
    int most = most(options);
    return model()
        .list(
            "sequences",
            sequences,
            ids -> {
              if (ids.length == 0) {
                throw new IllegalArgumentException("no tokens");
              }
              return weighed(route, new TokenizedText(ids.clone(), 0, false), most);
            },
            options.reading());
  }

  private Function<String, Request<SparseEmbedding, SparseEmbedding>> encoding(
      SparseOptions options) {
    String prompt = model().prompt(Arguments.notNull(options, "options").prompt());
    SparseRoute route = route(options);
    int most = most(options);
    Function<String, Encoding> reader =
        switch (route) {
          case SparseRoute.Splade _ -> {
            int maxLength = model().maxLength(options.reading(), 1);
            yield text -> model().encode(text, null, maxLength, options.reading());
          }
          case SparseRoute.TokenLookup _ -> text -> lookup(route).encode(text, options.reading());
        };
    return text -> {
      Encoding encoding = reader.apply(prompt + text);
      return weighed(route, new TokenizedText(encoding.ids(), 0, encoding.isTruncated()), most);
    };
  }

  private SparseRoute route(SparseOptions options) {
    return TaskRoute.choose(
        routes.byTask(), routes.unnamed(), Arguments.notNull(options, "options").prompt());
  }

  private int most(SparseOptions options) {
    return options.maxActiveDims().orElse(maxActiveDims.orElse(Integer.MAX_VALUE));
  }

  private TokenLookup lookup(SparseRoute route) {
    return Objects.requireNonNull(lookups.get(route));
  }

  /** The request for the weights of a text's tokens. */
  private Request<SparseEmbedding, SparseEmbedding> weighed(
      SparseRoute route, TokenizedText text, int most) {
    return switch (route) {
      case SparseRoute.Splade(SpladeSettings settings) -> {
        var pooler = new SpladePooler(head, settings);
        yield Request.of(text.ids(), hidden -> sparse(pooler.pool(hidden), most, text));
      }
      case SparseRoute.TokenLookup _ ->
          Request.known(sparse(lookup(route).weights(text.ids()), most, text));
    };
  }

  private SparseEmbedding sparse(float[] weights, int most, TokenizedText text) {
    IntStream active = IntStream.range(0, weights.length).filter(id -> weights[id] != 0);
    // Of weights that are looked up some may be negative.
    var sizes = new float[weights.length];
    for (int id = 0; id < sizes.length; id++) {
      sizes[id] = Math.abs(weights[id]);
    }
    var kept = new ArrayList<TokenWeight>();
    for (int id : TopTokens.of(sizes, active, most)) {
      kept.add(new TokenWeight(id, tokenizer().idToToken(id).orElse(""), weights[id]));
    }
    return new SparseEmbedding(kept, text.ids().length, text.truncated());
  }

  @Override
  String steps() {
    return TaskRoute.describe(routes.byTask(), routes.unnamed(), SparseEncoder::describe);
  }

  private static String describe(SparseRoute route) {
    return switch (route) {
      case SparseRoute.Splade(SpladeSettings settings) ->
          "masked-LM head, %s of %s"
              .formatted(
                  settings.strategy().name().toLowerCase(Locale.ROOT),
                  settings.activation().name().toLowerCase(Locale.ROOT));
      case SparseRoute.TokenLookup _ -> "weights of tokens, looked up";
    };
  }

  @Override
  Set<String> headTensors() {
    return head.tensors();
  }
}
