package io.github.modernbert;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.MaskToken;
import io.github.modernbert.tasks.MaskedLmHead;
import io.github.modernbert.tasks.MaskedTokens;
import io.github.modernbert.tasks.Request;
import io.github.modernbert.tasks.TokenDistribution;
import io.github.modernbert.tasks.TopTokens;
import io.github.modernbert.tokenizer.EncodeOptions;
import io.github.modernbert.tokenizer.Encoding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Predicts the tokens in place of masks, as the {@code fill-mask} pipeline of transformers does.
 *
 * {@snippet file="io/github/modernbert/TokenSnippetsTest.java" region="fill-mask"}
 *
 * <p>Several masks of a text are filled independently: each prediction is made with the other masks
 * in place. Logits are computed only at masks. Results have the same bits alone and in any list, on
 * any number of threads and with any kernels. Immutable and safe for use by several threads; see
 * {@link TaskModel}.
 */
public final class FillMask extends TaskModel {
  private final MaskedLmHead head;
  private final int maskId;
  private final OptionalInt padId;

  FillMask(Loaded loaded) {
    super(loaded);
    maskId = MaskToken.id(model());
    padId = model().tokenizer().specialId("pad_token");
    head = MaskedLmHead.load(model().backbone());
  }

  /**
   * Loads a masked language model, such as {@code ModernBERT-base}, with {@linkplain
   * LoadOptions#defaults default options}.
   *
   * @param folder a folder that holds config.json, weights and tokenizer.json
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the model has no
   *     masked-LM head
   * @throws IllegalArgumentException if the folder is null
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static FillMask load(Path folder) {
    return load(folder, LoadOptions.defaults());
  }

  /**
   * Loads a masked language model, such as {@code ModernBERT-base}.
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
  public static FillMask load(Path folder, LoadOptions options) {
    return TaskModel.load(folder, Task.FILL_MASK, options, FillMask::new);
  }

  /**
   * Loads a masked language model, such as {@code ModernBERT-base}, by name with {@linkplain
   * LoadOptions#defaults default options}; see {@link Models#locate(String)}.
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
  public static FillMask load(String nameOrFolder) {
    return load(nameOrFolder, LoadOptions.defaults());
  }

  /**
   * Loads a masked language model, such as {@code ModernBERT-base}, by name; see {@link
   * Models#locate(String)}.
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
  public static FillMask load(String nameOrFolder, LoadOptions options) {
    return load(Models.locate(nameOrFolder), options);
  }

  /** The text of the mask token, such as {@code [MASK]}. */
  public String maskToken() {
    return tokenizer().idToToken(maskId).orElseThrow();
  }

  /**
   * Finds the five best tokens for each mask of a text.
   *
   * @param text a text that holds {@link #maskToken} at least once
   * @return an element for each mask, in the order of the text
   * @throws IllegalArgumentException if the text is null, or it holds no mask, or one beyond the
   *     tokens that are read
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<FilledMask> fill(String text) {
    return fill(text, FillMaskOptions.defaults());
  }

  /**
   * Finds the best tokens for each mask of a text.
   *
   * @param text a text that holds {@link #maskToken} at least once
   * @param options number of tokens, targets and truncation
   * @return an element for each mask, in the order of the text
   * @throws IllegalArgumentException if an argument is null, the text holds no mask, or one beyond
   *     the tokens that are read, the options do not fit the model, or the text is too long and the
   *     options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<FilledMask> fill(String text, FillMaskOptions options) {
    return model().one("text", text, filling(options), options.reading());
  }

  /**
   * Finds the five best tokens for each mask of texts.
   *
   * @param texts texts that each hold {@link #maskToken} at least once
   * @return a list for each text, in the order of the texts; in it an element for each mask, in the
   *     order of the text
   * @throws IllegalArgumentException if the list or a text is null, or a text holds no mask, or one
   *     beyond the tokens that are read
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<List<FilledMask>> fill(List<String> texts) {
    return fill(texts, FillMaskOptions.defaults());
  }

  /**
   * Finds the best tokens for each mask of texts.
   *
   * @param texts texts that each hold {@link #maskToken} at least once
   * @param options number of tokens, targets and truncation
   * @return a list for each text, in the order of the texts; in it an element for each mask, in the
   *     order of the text
   * @throws IllegalArgumentException if an argument or a text is null, a text holds no mask, or one
   *     beyond the tokens that are read, the options do not fit the model, or a text is too long
   *     and the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<List<FilledMask>> fill(List<String> texts, FillMaskOptions options) {
    return model().list("texts", texts, filling(options), options.reading());
  }

  /**
   * Finds the best tokens for each mask of a stream of texts.
   *
   * <p>Texts are taken from the stream in groups of some batches while the result is read, so
   * memory does not grow with their number; exceptions that concern a text are thrown then. Read
   * the result to its end or close it, which also closes the given stream.
   *
   * @param texts texts that each hold {@link #maskToken} at least once
   * @param options number of tokens, targets and truncation
   * @return a list for each text, in the order of the texts; in it an element for each mask, in the
   *     order of the text
   * @throws IllegalArgumentException if an argument or a text is null, a text holds no mask, or one
   *     beyond the tokens that are read, the options do not fit the model, or a text is too long
   *     and the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Stream<List<FilledMask>> fill(Stream<String> texts, FillMaskOptions options) {
    return model().stream("texts", texts, filling(options), options.reading());
  }

  /**
   * Computes the pseudo-log-likelihood of a text (Salazar et al., arXiv:1910.14659): each token is
   * masked in turn and its probability taken. Time grows with the square of a text's length.
   *
   * @param text any text
   * @return the log-probability of each token, special tokens excluded
   * @throws IllegalArgumentException if the text is null
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public PseudoLikelihood pseudoLikelihood(String text) {
    FillMaskOptions options = FillMaskOptions.defaults();
    return model().one("text", text, likelihood(options), options.reading());
  }

  /**
   * Computes the pseudo-log-likelihood of texts (Salazar et al., arXiv:1910.14659): each token is
   * masked in turn and its probability taken. Time grows with the square of a text's length.
   *
   * @param texts any number of texts
   * @param options truncation; targets and number of tokens have no effect
   * @return the log-probabilities of each text, in the order of the texts
   * @throws IllegalArgumentException if an argument or a text is null, the options do not fit the
   *     model, or a text is too long and the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<PseudoLikelihood> pseudoLikelihood(List<String> texts, FillMaskOptions options) {
    return model().list("texts", texts, likelihood(options), options.reading());
  }

  /**
   * Computes the pseudo-log-likelihoods of a stream of texts; see {@link #pseudoLikelihood(List,
   * FillMaskOptions)}.
   *
   * <p>Texts are taken from the stream in groups of some batches while the result is read, so
   * memory does not grow with their number; exceptions that concern a text are thrown then. Read
   * the result to its end or close it, which also closes the given stream.
   *
   * @param texts any number of texts
   * @param options truncation; targets and number of tokens have no effect
   * @return the log-probabilities of each text, in the order of the texts
   * @throws IllegalArgumentException if an argument or a text is null, the options do not fit the
   *     model, or a text is too long and the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Stream<PseudoLikelihood> pseudoLikelihood(Stream<String> texts, FillMaskOptions options) {
    return model().stream("texts", texts, likelihood(options), options.reading());
  }

  /**
   * Finds the token ids of targets; see {@link FillMaskOptions#targets}.
   *
   * @param targets tokens or words; those for which the tokenizer gives no token are left out
   * @return the ids, ascending, without repetition; at least one
   * @throws IllegalArgumentException if the list or a target is null, or no id is found
   */
  public List<Integer> targetIds(List<String> targets) {
    var ids = new ArrayList<Integer>();
    for (String target : Arguments.elements(targets, "targets")) {
      OptionalInt known = tokenizer().tokenToId(target);
      if (known.isPresent()) {
        ids.add(known.getAsInt());
      } else {
        Encoding pieces =
            tokenizer().encode(target, EncodeOptions.plain().withSpecialTokens(false));
        Arrays.stream(pieces.ids()).limit(1).forEach(ids::add);
      }
    }
    if (ids.isEmpty()) {
      throw new IllegalArgumentException("targets: expected at least one token, found " + targets);
    }
    return ids.stream().sorted().distinct().toList();
  }

  private Function<String, Request<List<FilledMask>, List<FilledMask>>> filling(
      FillMaskOptions options) {
    int maxLength = model().maxLength(Arguments.notNull(options, "options").reading(), 1);
    Optional<List<Integer>> targets = options.targets().map(this::targetIds);
    int last = model().config().vocabSize() - 1;
    targets
        .map(List::getLast)
        .filter(id -> id > last)
        .ifPresent(id -> {
          throw new IllegalArgumentException(
              "targets: token %d is beyond the model's vocabulary, 0 to %d".formatted(id, last));
        });
    return text -> {
      Encoding encoding = model().encode(text, null, maxLength, options.reading());
      int[] masks = masks(encoding);
      return Request.of(
          encoding.ids(), hidden -> filled(encoding, masks, hidden, targets, options.topK()));
    };
  }

  private int[] masks(Encoding encoding) {
    int[] masks =
        IntStream.range(0, encoding.length()).filter(i -> encoding.id(i) == maskId).toArray();
    long unread =
        encoding.overflowing().stream()
            .flatMapToInt(part -> Arrays.stream(part.ids()))
            .filter(id -> id == maskId)
            .count();
    if (unread > 0) {
      throw new IllegalArgumentException(
          "%d of %d %s are beyond the %d tokens of the text that are read"
              .formatted(unread, unread + masks.length, maskToken(), encoding.length()));
    }
    if (masks.length == 0) {
      throw new IllegalArgumentException("no %s in the text".formatted(maskToken()));
    }
    return masks;
  }

  private List<FilledMask> filled(
      Encoding encoding, int[] masks, Matrix hidden, Optional<List<Integer>> targets, int topK) {
    float[][] logits = head.logits(hidden, masks);
    var filled = new ArrayList<FilledMask>();
    for (int m = 0; m < masks.length; m++) {
      var distribution = new TokenDistribution(logits[m]);
      IntStream candidates =
          targets
              .map(ids -> ids.stream().mapToInt(id -> id))
              .orElse(IntStream.range(0, logits[m].length));
      var predictions = new ArrayList<TokenPrediction>();
      for (int id : TopTokens.of(logits[m], candidates, topK)) {
        predictions.add(
            new TokenPrediction(
                id,
                tokenizer().decode(new int[] {id}, false),
                distribution.probability(id),
                sequence(encoding, masks[m], id, masks.length == 1)));
      }
      filled.add(
          new FilledMask(
              encoding.start(masks[m]),
              encoding.end(masks[m]),
              predictions,
              encoding.isTruncated()));
    }
    return filled;
  }

  private String sequence(Encoding encoding, int place, int id, boolean skipSpecialTokens) {
    int[] ids = encoding.ids();
    ids[place] = id;
    return tokenizer()
        .decode(
            Arrays.stream(ids)
                .filter(token -> padId.isEmpty() || token != padId.getAsInt())
                .toArray(),
            skipSpecialTokens);
  }

  private Function<String, Request<Double, PseudoLikelihood>> likelihood(FillMaskOptions options) {
    int maxLength = model().maxLength(Arguments.notNull(options, "options").reading(), 1);
    return text -> {
      Encoding encoding = model().encode(text, null, maxLength, options.reading());
      boolean truncated = encoding.isTruncated();
      return new MaskedTokens<>(
          encoding, maskId, head, (tokens, logs) -> new PseudoLikelihood(tokens, logs, truncated));
    };
  }

  @Override
  String steps() {
    return String.format(
        Locale.ROOT, "masked-LM head over %,d tokens", model().config().vocabSize());
  }

  @Override
  Set<String> headTensors() {
    return head.tensors();
  }
}
