package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonPrimitive;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.testdata.ModelCopy;
import io.github.modernbert.tokenizer.Direction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Options for reading texts do in each task what the same setting in the model's folder does. */
final class ReadingOptionsTest {
  private static final Path EXTRA = Golden.project().resolve("src-test-data/golden-extra");
  private static final String TEXT =
      "a [SEP] </s> b or a long way to see [SEP] </s> the end of it all";
  private static final int LENGTH = 16;

  @TempDir private Path temporary;

  /** Options for reading texts, of any task. */
  private record Reading(boolean splitSpecialTokens, boolean isShort, boolean fromTheLeft) {
    static final Reading USUAL = new Reading(false, false, false);

    <O extends TaskOptions<O>> O of(O options) {
      O split = options.splitSpecialTokens(splitSpecialTokens);
      O cut = isShort ? split.maxLength(LENGTH) : split;
      return fromTheLeft ? cut.truncationSide(Direction.LEFT) : cut;
    }
  }

  private static List<Path> models() {
    var models = new ArrayList<>(TaskCases.folders());
    models.add(EXTRA.resolve("sparse/sum-log1p"));
    models.add(EXTRA.resolve("multi-vector/native"));
    return models;
  }

  private Path copy(Path model, String key, JsonPrimitive value) {
    Path target = temporary.resolve(key + "-" + model.getFileName());
    return ModelCopy.of(model, target)
        .json("tokenizer_config.json", config -> config.add(key, value))
        .folder();
  }

  @Test
  void specialTokensInTexts() {
    var split = new Reading(true, false, false);
    var unchanged = new ArrayList<String>();
    for (Path model : models()) {
      Path splitting = copy(model, "split_special_tokens", new JsonPrimitive(true));
      String found = result(model, split);
      assertEquals(result(splitting, Reading.USUAL), found, model.toString());
      if (found.equals(result(model, Reading.USUAL))) {
        unchanged.add(model.getFileName().toString());
      }
    }
    // As in the reference: its special tokens are pieces of its vocabulary as well.
    assertEquals(List.of("entities-unigram"), unchanged);
  }

  @Test
  void theEndThatIsCut() {
    var right = new Reading(false, true, false);
    var left = new Reading(false, true, true);
    for (Path model : models()) {
      Path cutting = copy(model, "truncation_side", new JsonPrimitive("left"));
      assertEquals(result(cutting, right), result(model, left), model.toString());
    }
  }

  private static String result(Path folder, Reading reading) {
    try (TaskModel model = Models.load(folder)) {
      return switch (model) {
        case TextEmbedder m -> Arrays.toString(m.embed(TEXT, reading.of(EmbedOptions.defaults())));
        case TextClassifier m ->
            m.classify(TEXT, reading.of(ClassifyOptions.defaults())).toString();
        case ZeroShotClassifier m ->
            m.classify(TEXT, List.of("a", "b"), reading.of(ZeroShotOptions.defaults())).toString();
        case CrossEncoder m ->
            Arrays.toString(
                m.predict(new TextPair(TEXT, "way"), reading.of(CrossEncoderOptions.defaults()))
                    .values());
        case FillMask m ->
            m.pseudoLikelihood(List.of(TEXT), reading.of(FillMaskOptions.defaults())).toString();
        case SparseEncoder m -> m.encode(TEXT, reading.of(SparseOptions.defaults())).toString();
        case ColBert m ->
            tokens(m.encodeDocuments(List.of(TEXT), reading.of(ColBertOptions.defaults())));
        case TokenClassifier m ->
            m.classify(TEXT, reading.of(TokenClassifyOptions.defaults())).toString();
        case QuestionAnswerer m ->
            m.answer("a way", TEXT, reading.of(AnswerOptions.defaults())).toString();
        case MultipleChoice m ->
            m.choose(
                    new ChoiceQuestion(TEXT, List.of("a", "b")),
                    reading.of(ChoiceOptions.defaults()))
                .toString();
      };
    }
  }

  private static String tokens(List<TokenEmbeddings> texts) {
    TokenEmbeddings tokens = texts.getFirst();
    return IntStream.range(0, tokens.size())
        .mapToObj(i -> Arrays.toString(tokens.vector(i)))
        .toList()
        .toString();
  }
}
