package io.github.modernbert;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.MaskedLmHead;
import io.github.modernbert.tasks.Request;
import io.github.modernbert.tasks.SpladePooler;
import io.github.modernbert.tasks.TopTokens;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.weights.SpladeSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Turns texts into sparse vectors, a weight for each token of the vocabulary that means something
 * for the text (SPLADE, arXiv:2109.10086), as {@code SparseEncoder} of sentence-transformers does
 * with the same folder.
 *
 * {@snippet file="io/github/modernbert/TokenSnippetsTest.java" region="sparse"}
 *
 * <p>Vectors have the same bits alone and in any list, on any number of threads and with any
 * kernels. Immutable and safe for use by several threads; see {@link TaskModel}.
 */
public final class SparseEncoder extends TaskModel {
  private final SpladeSettings settings;
  private final MaskedLmHead head;
  private final SpladePooler pooler;

  private SparseEncoder(Loaded loaded) {
    super(loaded);
    settings = SpladeSettings.read(model().settings().root(), model().config().vocabSize());
    head = MaskedLmHead.load(model().backbone());
    pooler = new SpladePooler(head, settings);
    if (!model().settings().hasModules()) {
      warn(
          "no modules.json says how logits become weights; the maximum of log(1 + relu) is taken,"
              + " which is useful only if the model was trained for it");
    }
  }

  /** Like {@link #load(Path, LoadOptions)} with the default options. */
  public static SparseEncoder load(Path folder) {
    return load(folder, LoadOptions.defaults());
  }

  /**
   * Loads a folder of a masked language model with the {@code SpladePooling} of
   * sentence-transformers, or without {@code modules.json}, where the maximum of log(1 + relu) is
   * taken as the reference does: useful only if the model was trained for it, and logged as a
   * warning.
   *
   * @throws ModelFileException if a file is missing or cannot be used, or the model has no
   *     masked-LM head
   * @throws IllegalArgumentException if the demanded kernels are not installed
   * @throws UnsupportedOperationException if the demanded kernels cannot run here
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static SparseEncoder load(Path folder, LoadOptions options) {
    return TaskModel.load(folder, Task.SPARSE_EMBEDDING, options, SparseEncoder::new);
  }

  /** Like {@link #load(String, LoadOptions)} with the default options. */
  public static SparseEncoder load(String nameOrFolder) {
    return load(nameOrFolder, LoadOptions.defaults());
  }

  /**
   * Loads a folder, or a model by its name, such as {@code organisation/name}; see {@link
   * Models#locate(String)}.
   *
   * @throws IllegalArgumentException if there is neither, or as {@link #load(Path, LoadOptions)},
   *     whose other exceptions it has too
   */
  public static SparseEncoder load(String nameOrFolder, LoadOptions options) {
    return load(Models.locate(nameOrFolder), options);
  }

  /** How many dimensions vectors have: the size of the vocabulary. */
  public int dimension() {
    return model().config().vocabSize();
  }

  /**
   * The sparse vector of a text, with the default options: see {@link #encode(String,
   * SparseOptions)}, whose exceptions it has.
   */
  public SparseEmbedding encode(String text) {
    return encode(text, SparseOptions.defaults());
  }

  /**
   * The sparse vector of a text.
   *
   * @throws IllegalArgumentException if the text is null, the options do not fit the model, or the
   *     text is too long and the options say to refuse it
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public SparseEmbedding encode(String text, SparseOptions options) {
    return model().one("text", text, encoding(options), options.reading());
  }

  /**
   * The sparse vectors of texts, with the default options: see {@link #encode(List,
   * SparseOptions)}, whose exceptions it has.
   */
  public List<SparseEmbedding> encode(List<String> texts) {
    return encode(texts, SparseOptions.defaults());
  }

  /**
   * The sparse vectors of texts, in their order.
   *
   * @throws IllegalArgumentException as {@link #encode(String, SparseOptions)}, whose other
   *     exceptions it has too
   */
  public List<SparseEmbedding> encode(List<String> texts, SparseOptions options) {
    return model().list("texts", texts, encoding(options), options.reading());
  }

  /**
   * The sparse vectors of texts as they come, in their order. Texts are taken from the stream in
   * groups of some batches, when the result is asked for them, so memory does not grow with their
   * number.
   *
   * @throws IllegalArgumentException as {@link #encode(String, SparseOptions)}, whose other
   *     exceptions it has too; some only when the result is read
   */
  public Stream<SparseEmbedding> encode(Stream<String> texts, SparseOptions options) {
    return model().stream("texts", texts, encoding(options), options.reading());
  }

  private Function<String, Request<SparseEmbedding, SparseEmbedding>> encoding(
      SparseOptions options) {
    String prompt =
        model().prompt(Arguments.notNull(options, "options").promptName(), options.promptText());
    int maxLength = model().maxLength(options.reading(), 1);
    int most = options.maxActiveDims().orElse(settings.maxActiveDims().orElse(Integer.MAX_VALUE));
    return text -> {
      Encoding encoding = model().encode(prompt + text, null, maxLength, options.reading());
      return Request.of(encoding.ids(), hidden -> sparse(pooler.pool(hidden), most, encoding));
    };
  }

  private SparseEmbedding sparse(float[] weights, int most, Encoding encoding) {
    int[] active = IntStream.range(0, weights.length).filter(id -> weights[id] > 0).toArray();
    var kept = new ArrayList<TokenWeight>();
    for (int id : TopTokens.of(weights, IntStream.of(active), most)) {
      kept.add(new TokenWeight(id, tokenizer().idToToken(id).orElse(""), weights[id]));
    }
    return new SparseEmbedding(kept, encoding.length(), encoding.isTruncated());
  }

  @Override
  String steps() {
    return "masked-LM head, %s of %s"
        .formatted(
            settings.strategy().name().toLowerCase(Locale.ROOT),
            settings.activation().name().toLowerCase(Locale.ROOT));
  }

  @Override
  Set<String> headTensors() {
    return head.tensors();
  }
}
