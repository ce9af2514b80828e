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
 * Finds the tokens that fit in place of masks, as the {@code fill-mask} pipeline of transformers
 * does.
 *
 * {@snippet file="io/github/modernbert/TokenSnippetsTest.java" region="fill-mask"}
 *
 * <p>Several masks of a text are filled independently of each other: each one sees the others as
 * masks. Logits are computed only where masks stand. Results have the same bits alone and in any
 * list, on any number of threads and with any kernels.
 */
public final class FillMask extends TaskModel {
  private final MaskedLmHead head;
  private final int maskId;
  private final OptionalInt padId;

  private FillMask(Loaded loaded) {
    super(loaded);
    maskId = MaskToken.id(model());
    padId = model().tokenizer().specialId("pad_token");
    head = MaskedLmHead.load(model().backbone());
  }

  /** Like {@link #load(Path, LoadOptions)} with the default options. */
  public static FillMask load(Path folder) {
    return load(folder, LoadOptions.defaults());
  }

  /**
   * Loads the folder of a masked language model, such as {@code ModernBERT-base}.
   *
   * @throws ModelFileException if a file is missing or cannot be used, or the model has no
   *     masked-LM head
   * @throws IllegalArgumentException if the demanded kernels are not installed
   * @throws UnsupportedOperationException if the demanded kernels cannot run here
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static FillMask load(Path folder, LoadOptions options) {
    return TaskModel.load(folder, Task.FILL_MASK, options, FillMask::new);
  }

  /** Like {@link #load(String, LoadOptions)} with the default options. */
  public static FillMask load(String nameOrFolder) {
    return load(nameOrFolder, LoadOptions.defaults());
  }

  /**
   * Loads a folder, or a model by its name, such as {@code organisation/name}; see {@link
   * Models#locate(String)}.
   *
   * @throws IllegalArgumentException if there is neither, or as {@link #load(Path, LoadOptions)},
   *     whose other exceptions it has too
   */
  public static FillMask load(String nameOrFolder, LoadOptions options) {
    return load(Models.locate(nameOrFolder), options);
  }

  /** The token that stands for one to be found, such as {@code [MASK]}. */
  public String maskToken() {
    return tokenizer().idToToken(maskId).orElseThrow();
  }

  /**
   * The best tokens for each mask of a text, with the default options: see {@link #fill(String,
   * FillMaskOptions)}, whose exceptions it has.
   */
  public List<FilledMask> fill(String text) {
    return fill(text, FillMaskOptions.defaults());
  }

  /**
   * The best tokens for each mask of a text.
   *
   * @return one for each mask, in their order
   * @throws IllegalArgumentException if there is no mask in what is read of the text, or the
   *     options do not fit the model
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<FilledMask> fill(String text, FillMaskOptions options) {
    return model().one("text", text, filling(options), options.reading());
  }

  /**
   * The best tokens for each mask of texts, with the default options: see {@link #fill(List,
   * FillMaskOptions)}, whose exceptions it has.
   */
  public List<List<FilledMask>> fill(List<String> texts) {
    return fill(texts, FillMaskOptions.defaults());
  }

  /**
   * The best tokens for each mask of texts, in their order.
   *
   * @throws IllegalArgumentException as {@link #fill(String, FillMaskOptions)}, whose other
   *     exceptions it has too
   */
  public List<List<FilledMask>> fill(List<String> texts, FillMaskOptions options) {
    return model().list("texts", texts, filling(options), options.reading());
  }

  /**
   * The best tokens for each mask of texts as they come, in their order.
   *
   * @throws IllegalArgumentException as {@link #fill(String, FillMaskOptions)}, whose other
   *     exceptions it has too; some only when the result is read
   */
  public Stream<List<FilledMask>> fill(Stream<String> texts, FillMaskOptions options) {
    return model().stream("texts", texts, filling(options), options.reading());
  }

  /**
   * How well a text fits the model, with the default options: see {@link #pseudoLikelihood(List,
   * FillMaskOptions)}, whose exceptions it has.
   */
  public PseudoLikelihood pseudoLikelihood(String text) {
    FillMaskOptions options = FillMaskOptions.defaults();
    return model().one("text", text, likelihood(options), options.reading());
  }

  /**
   * How well texts fit the model: each of their tokens is masked in turn. That takes time in
   * proportion to the square of a text's length.
   *
   * @param options how texts are read; targets and their number do not matter
   * @throws IllegalArgumentException if a text is null, or the options do not fit the model
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<PseudoLikelihood> pseudoLikelihood(List<String> texts, FillMaskOptions options) {
    return model().list("texts", texts, likelihood(options), options.reading());
  }

  /**
   * How well texts fit the model as they come; see {@link #pseudoLikelihood(List,
   * FillMaskOptions)}, whose exceptions it has.
   */
  public Stream<PseudoLikelihood> pseudoLikelihood(Stream<String> texts, FillMaskOptions options) {
    return model().stream("texts", texts, likelihood(options), options.reading());
  }

  /**
   * The tokens that targets stand for, ascending and each once; see {@link
   * FillMaskOptions#targets}. Targets that the tokenizer makes nothing of are left out.
   *
   * @throws IllegalArgumentException if none is left
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
    if (masks.length == 0) {
      throw new IllegalArgumentException(
          "no %s in %s"
              .formatted(
                  maskToken(),
                  encoding.isTruncated()
                      ? "the first " + encoding.length() + " tokens of the text"
                      : "the text"));
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
      filled.add(new FilledMask(encoding.start(masks[m]), encoding.end(masks[m]), predictions));
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
