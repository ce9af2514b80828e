package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A weight that is NaN or infinite ends in an exception wherever it reaches a result. */
final class NotFiniteTest {
  private static final String WEIGHTS = "model.safetensors";
  private static final String TEXT = "a way to see [MASK]";

  @TempDir private Path folder;

  @Test
  void oneNaNInAnyTensorOfAnyTask() throws IOException {
    for (Path model : models()) {
      spoilEachTensor(model, Float.NaN, LoadOptions.defaults());
    }
  }

  @Test
  void infinitiesAndIntegers() throws IOException {
    Path model = TaskCases.folder("text-single");
    spoilEachTensor(model, Float.NEGATIVE_INFINITY, LoadOptions.defaults());
    spoilEachTensor(model, Float.NaN, LoadOptions.defaults().precision(Precision.INT8));
  }

  private static List<Path> models() {
    Path extra = Golden.project().resolve("src-test-data/golden-extra");
    var models = new ArrayList<>(TaskCases.folders());
    models.add(extra.resolve("fill-mask/tied"));
    models.add(extra.resolve("sparse/no-modules"));
    models.add(extra.resolve("sparse/sum-log1p"));
    models.add(extra.resolve("multi-vector/native"));
    models.add(extra.resolve("multi-vector/pylate"));
    return models;
  }

  /** With each tensor spoilt in turn there is an exception, or the tensor does not matter. */
  private void spoilEachTensor(Path source, float value, LoadOptions options) throws IOException {
    Path copy = copy(source);
    byte[] whole = Files.readAllBytes(source.resolve(WEIGHTS));
    String expected = result(copy, options);
    int refused = 0;
    JsonObject header = header(whole);
    for (String tensor : header.keySet()) {
      if (tensor.equals("__metadata__")) {
        continue;
      }
      Files.write(copy.resolve(WEIGHTS), spoilt(whole, header.getAsJsonObject(tensor), value));
      try {
        assertEquals(expected, result(copy, options), source + " " + tensor);
      } catch (ModelFileException e) {
        refused++;
      }
    }
    assertTrue(refused > 5, source + ": refused with " + refused + " tensors");
  }

  private Path copy(Path source) throws IOException {
    Path copy = Files.createTempDirectory(folder, "model");
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = copy.resolve(source.relativize(file));
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
    return copy;
  }

  private static int headerLength(byte[] file) {
    return (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
  }

  private static JsonObject header(byte[] file) {
    String json = new String(file, 8, headerLength(file), StandardCharsets.UTF_8);
    return JsonParser.parseString(json).getAsJsonObject();
  }

  /** A file whose tensor has the value in the last element of each row. */
  private static byte[] spoilt(byte[] file, JsonObject tensor, float value) {
    assertEquals("F32", tensor.get("dtype").getAsString());
    byte[] copy = file.clone();
    int begin = 8 + headerLength(file);
    int from = begin + tensor.getAsJsonArray("data_offsets").get(0).getAsInt();
    int to = begin + tensor.getAsJsonArray("data_offsets").get(1).getAsInt();
    int columns = tensor.getAsJsonArray("shape").asList().getLast().getAsInt();
    ByteBuffer bytes = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = from + (columns - 1) * Float.BYTES; at < to; at += columns * Float.BYTES) {
      bytes.putFloat(at, value);
    }
    return copy;
  }

  private static String result(Path folder, LoadOptions options) {
    try (TaskModel model = Models.load(folder, options)) {
      return switch (model) {
        case TextEmbedder m -> Arrays.toString(m.embed(TEXT)) + tokens(m.embedTokens(TEXT));
        case TextClassifier m -> m.classify(TEXT).toString();
        case ZeroShotClassifier m -> m.classify(TEXT, List.of("a", "b")).toString();
        case CrossEncoder m -> Arrays.toString(m.predict(new TextPair(TEXT, TEXT)).values());
        case FillMask m -> m.fill(TEXT).toString() + m.pseudoLikelihood(TEXT);
        case SparseEncoder m -> m.encode(TEXT).toString();
        case ColBert m -> tokens(m.encodeQuery(TEXT)) + tokens(m.encodeDocument(TEXT));
        case TokenClassifier m -> m.classify(TEXT).toString();
        case QuestionAnswerer m -> m.answer(TEXT, TEXT).toString();
        case MultipleChoice m -> m.choose(TEXT, List.of("a", "b")).toString();
      };
    }
  }

  private static String tokens(TokenEmbeddings tokens) {
    var text = new StringBuilder();
    for (int i = 0; i < tokens.size(); i++) {
      text.append(Arrays.toString(tokens.vector(i)));
    }
    return text.toString();
  }

  @Test
  void messagesNameModelAndInput() throws IOException {
    Path source = TaskCases.folder("text-single");
    byte[] whole = Files.readAllBytes(source.resolve(WEIGHTS));
    Path copy = copy(source);
    JsonObject norm = header(whole).getAsJsonObject("model.final_norm.weight");
    Files.write(copy.resolve(WEIGHTS), spoilt(whole, norm, Float.NaN));
    try (var model = TextClassifier.load(copy)) {
      String message = message(() -> model.classify(List.of(TEXT, "a")));
      assertTrue(message.contains(copy.getFileName().toString()), message);
      assertTrue(message.contains(": texts[0]: the result is not finite, found NaN: "), message);
      assertTrue(message(() -> model.classify(TEXT)).contains(": text: the result"), message);
    }
    try (var encoder = ModernBertModel.load(copy)) {
      String message = message(() -> encoder.lastHiddenState(new int[] {1, 2}));
      assertTrue(message.contains(": sequences[0]: the result is not finite"), message);
      float[][] last = encoder.hiddenStates(new int[] {1, 2}, Set.of(0)).last();
      assertTrue(Float.isNaN(last[0][last[0].length - 1]), "states to be studied are as they are");
    }
  }

  private static String message(Runnable call) {
    return String.valueOf(assertThrows(ModelFileException.class, call::run).getMessage());
  }
}
