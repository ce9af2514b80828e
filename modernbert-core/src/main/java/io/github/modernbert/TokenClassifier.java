package io.github.modernbert;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.EntityGrouper;
import io.github.modernbert.tasks.LogitsHead;
import io.github.modernbert.tasks.Request;
import io.github.modernbert.tasks.Softmax;
import io.github.modernbert.tokenizer.Direction;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.tokenizer.Truncation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Finds entities in texts (named entity recognition), or labels each token (parts of speech), with
 * a checkpoint of {@code ModernBertForTokenClassification}, as the token classification pipeline of
 * transformers does.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="entities"}
 *
 * <p>Texts of any length are read whole, in windows where they are longer than the model takes; see
 * {@link TokenClassifyOptions#windows}. Offsets are UTF-16 indices into the caller's text. Tokens
 * begin with the space before a word, and so do entities. Texts of a call are computed together in
 * batches that are formed inside; results have the same bits whatever is computed with them.
 * Immutable and safe for use by several threads; see {@link TaskModel}.
 */
public final class TokenClassifier extends TaskModel {
  /** Tokens that windows share unless options say otherwise, or half a window if that is less. */
  private static final int SHARED = 128;

  private final LogitsHead head;
  private final OptionalInt unknownId;

  private TokenClassifier(Loaded loaded) {
    super(loaded);
    head = LogitsHead.classifier(model().backbone(), model().config().numLabels());
    unknownId = model().tokenizer().specialId("unk_token");
  }

  /** Like {@link #load(Path, LoadOptions)} with the default options. */
  public static TokenClassifier load(Path folder) {
    return load(folder, LoadOptions.defaults());
  }

  /**
   * Loads {@code config.json}, weights and {@code tokenizer.json} of a folder.
   *
   * @throws ModelFileException if a file is missing or cannot be used, or the checkpoint has
   *     another head
   * @throws IllegalArgumentException if the demanded kernels are not installed
   * @throws UnsupportedOperationException if the demanded kernels cannot run here
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static TokenClassifier load(Path folder, LoadOptions options) {
    return TaskModel.load(folder, Task.TOKEN_CLASSIFICATION, options, TokenClassifier::new);
  }

  /** Like {@link #load(String, LoadOptions)} with the default options. */
  public static TokenClassifier load(String nameOrFolder) {
    return load(nameOrFolder, LoadOptions.defaults());
  }

  /**
   * Loads a folder, or a model by its name, such as {@code organisation/name}; see {@link
   * Models#locate(String)}.
   *
   * @throws IllegalArgumentException if there is neither, or as {@link #load(Path, LoadOptions)},
   *     whose other exceptions it has too
   */
  public static TokenClassifier load(String nameOrFolder, LoadOptions options) {
    return load(Models.locate(nameOrFolder), options);
  }

  /** The names of the labels, in the order of the model's logits. */
  public List<String> labels() {
    return model().config().labels();
  }

  /**
   * The entities of a text, with the default options: see {@link #classify(String,
   * TokenClassifyOptions)}, whose exceptions it has.
   */
  public Entities classify(String text) {
    return classify(text, TokenClassifyOptions.defaults());
  }

  /**
   * The entities of a text.
   *
   * @throws IllegalArgumentException if the text is null, the options do not fit the model or each
   *     other, or the text is too long and the options say to refuse it
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Entities classify(String text, TokenClassifyOptions options) {
    return model().one("text", text, prepare(options), options.reading());
  }

  /**
   * The entities of texts, with the default options: see {@link #classify(List,
   * TokenClassifyOptions)}, whose exceptions it has.
   */
  public List<Entities> classify(List<String> texts) {
    return classify(texts, TokenClassifyOptions.defaults());
  }

  /**
   * The entities of texts, in the order of the texts.
   *
   * @throws IllegalArgumentException as {@link #classify(String, TokenClassifyOptions)}, whose
   *     other exceptions it has too
   */
  public List<Entities> classify(List<String> texts, TokenClassifyOptions options) {
    return model().list("texts", texts, prepare(options), options.reading());
  }

  /**
   * The entities of texts as they come, in their order. Texts are taken from the stream in groups
   * of some batches, when the result is asked for them, so memory does not grow with their number.
   *
   * @throws IllegalArgumentException as {@link #classify(String, TokenClassifyOptions)}, whose
   *     other exceptions it has too; some only when the result is read
   */
  public Stream<Entities> classify(Stream<String> texts, TokenClassifyOptions options) {
    return model().stream("texts", texts, prepare(options), options.reading());
  }

  private Function<String, Request<List<EntityGrouper.Token>, Entities>> prepare(
      TokenClassifyOptions options) {
    int length = model().maxLength(Arguments.notNull(options, "options").reading(), 1);
    if (options.stride().isPresent() && options.aggregation() == Aggregation.NONE) {
      throw new IllegalArgumentException(
          "stride: tokens of several windows can only be put together as entities, not with"
              + " aggregation NONE");
    }
    int room = length - model().tokenizer().specialTokens(1);
    if (options.stride().orElse(-1) >= room) {
      throw new IllegalArgumentException(
          "stride must be less than the %d tokens that a window has room for, found %d"
              .formatted(room, options.stride().getAsInt()));
    }
    boolean inWindows = options.windows() && options.reading().truncate() && room > 0;
    OptionalInt stride =
        options.stride().isEmpty() && inWindows
            ? OptionalInt.of(Math.min(room / 2, SHARED))
            : options.stride();
    return text -> new Windows(text, length, stride, options);
  }

  /** A text in one window or several. */
  private final class Windows implements Request<List<EntityGrouper.Token>, Entities> {
    private final String text;
    private final TokenClassifyOptions options;
    private final OptionalInt stride;
    private final List<Encoding> windows;

    /**
     * @param stride how many tokens windows share; if empty, there is one only
     */
    Windows(String text, int length, OptionalInt stride, TokenClassifyOptions options) {
      this.text = text;
      this.options = options;
      this.stride = stride;
      this.windows =
          stride.isPresent()
              ? model()
                  .tokenizer()
                  .windows(text, null, length, stride.getAsInt(), Truncation.Strategy.LONGEST_FIRST)
              : List.of(model().encode(text, null, length, options.reading()));
    }

    @Override
    public List<int[]> sequences() {
      return windows.stream().map(Encoding::ids).toList();
    }

    @Override
    public List<EntityGrouper.Token> read(int sequence, Matrix hidden) {
      float[][] logits = head.logits(hidden);
      Encoding window = windows.get(sequence);
      int[] special = window.specialTokensMask();
      var tokens = new ArrayList<EntityGrouper.Token>();
      for (int i = 0; i < logits.length; i++) {
        if (special[i] == 0) {
          int start = window.start(i);
          tokens.add(
              new EntityGrouper.Token(
                  Softmax.of(logits[i]), start, window.end(i), continues(window.id(i), start)));
        }
      }
      return tokens;
    }

    private boolean continues(int id, int start) {
      boolean unknown = unknownId.isPresent() && unknownId.getAsInt() == id;
      return !unknown && start > 0 && text.charAt(start - 1) != ' ' && !isSpace(start);
    }

    private boolean isSpace(int index) {
      return index < text.length() && text.charAt(index) == ' ';
    }

    @Override
    public Entities result(List<List<EntityGrouper.Token>> kept) {
      EntityGrouper grouper = options.aggregation().grouper(labels());
      boolean apart = options.stride().isPresent() && kept.size() > 1;
      List<List<EntityGrouper.Token>> parts = apart ? kept : List.of(joined(kept));
      List<EntityGrouper.Span> spans =
          parts.stream()
              .flatMap(tokens -> grouper.group(tokens).stream())
              .filter(span -> options.keeps(span.label()))
              .toList();
      if (apart) {
        spans = EntityGrouper.withoutOverlaps(spans);
      }
      return new Entities(
          spans.stream().map(this::entity).toList(),
          windows.stream().mapToInt(Encoding::length).sum(),
          stride.isEmpty() && windows.getFirst().isTruncated());
    }

    /** Each token of the text once, of those in two windows half from each. */
    private List<EntityGrouper.Token> joined(List<List<EntityGrouper.Token>> kept) {
      boolean fromTheEnd = model().tokenizer().tokenizer().settings().truncationSide() == Direction.LEFT;
      var all = new ArrayList<EntityGrouper.Token>();
      for (List<EntityGrouper.Token> tokens : fromTheEnd ? kept.reversed() : kept) {
        int shared = all.isEmpty() ? 0 : stride.orElse(0);
        int fromLater = shared - shared / 2;
        all.subList(all.size() - fromLater, all.size()).clear();
        all.addAll(tokens.subList(shared - fromLater, tokens.size()));
      }
      return all;
    }

    /** The entity of a span. A word of several tokens of one character may end before it starts. */
    private Entity entity(EntityGrouper.Span span) {
      int start = span.start();
      int end = span.end();
      String part = start < end ? text.substring(start, end) : "";
      return new Entity(span.label(), span.score(), start, end, part);
    }
  }

  @Override
  String steps() {
    return "for each token: " + head.steps() + ", softmax";
  }

  @Override
  Set<String> headTensors() {
    return head.tensors();
  }
}
