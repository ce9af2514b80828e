package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.DType;
import io.github.modernbert.weights.ModuleTypes;
import io.github.modernbert.weights.SafetensorsWriter;
import io.github.modernbert.weights.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders with weights of 8-bit integers: written, loaded, and refused. */
final class QuantizeTest {
  private static final LoadOptions INT8 = LoadOptions.defaults().precision(Precision.INT8);
  private static final int[] IDS = {1, 7, 90, 33, 12, 5, 44, 2};

  @TempDir private Path temporary;

  private static Path mini() {
    return Golden.project().resolve("modernbert-mini/src/main/resources/META-INF/modernbert-mini");
  }

  private static Path plain() {
    return Golden.folders("checkpoints/plain", "config.json").getFirst();
  }

  private static float[][] states(Path folder, LoadOptions options) {
    try (var model = ModernBertModel.load(ModuleTypes.read(folder).transformer(), options)) {
      return model.lastHiddenState(IDS);
    }
  }

  @Test
  void foldersHaveTheBitsOfQuantizingAtLoad() throws IOException {
    var sources = new ArrayList<>(Golden.folders("checkpoints", "config.json"));
    sources.addAll(Golden.folders("sentence-transformers", "modules.json"));
    int folders = 0;
    for (Path source : sources) {
      Path target = temporary.resolve("int8-" + folders++);
      Models.quantize(source, target);
      assertArrayEquals(
          states(source, INT8), states(target, LoadOptions.defaults()), source.toString());
    }
    Golden.report("folders quantized", folders);
  }

  @Test
  void embeddersHaveTheBitsOfQuantizingAtLoad() throws IOException {
    Path target = temporary.resolve("int8");
    Models.quantize(mini().toString(), target);
    List<String> texts = List.of("A cat sits on the mat.", "Where is the bakery?");
    try (var expected = TextEmbedder.load(mini(), INT8);
        var embedder = TextEmbedder.load(target);
        var portable = TextEmbedder.load(target, INT8.kernels(KernelChoice.PORTABLE))) {
      for (int i = 0; i < texts.size(); i++) {
        float[] vector = expected.embed(texts.get(i));
        assertArrayEquals(vector, embedder.embed(texts).vector(i));
        assertArrayEquals(vector, portable.embed(texts.get(i)));
      }
      ModelInfo info = embedder.info();
      assertEquals(Precision.INT8, info.precision());
      assertEquals(expected.info().parameters(), info.parameters());
      assertEquals(Set.of(), info.unusedTensors());
    }
    Set<String> names = files(mini());
    names.remove("FILES");
    assertEquals(names, files(target));
  }

  private static Set<String> files(Path folder) throws IOException {
    try (var tree = Files.walk(folder)) {
      var names = new TreeSet<String>();
      tree.filter(Files::isRegularFile).forEach(f -> names.add(folder.relativize(f).toString()));
      return names;
    }
  }

  @Test
  void configurationsAndOtherTensorsStay() throws IOException {
    Path target = temporary.resolve("int8");
    Models.quantize(mini(), target);
    JsonObject before = Golden.json(mini().resolve("config.json")).getAsJsonObject();
    JsonObject after = Golden.json(target.resolve("config.json")).getAsJsonObject();
    JsonObject scheme = after.remove("quantization_config").getAsJsonObject();
    assertEquals("compressed-tensors", scheme.get("quant_method").getAsString());
    assertEquals(before, after);
    try (var source = Checkpoint.open(mini());
        var quantized = Checkpoint.open(target)) {
      assertEquals(source.metadata(), quantized.metadata());
      for (String name : source.names()) {
        Tensor tensor = quantized.tensor(name);
        assertEquals(source.tensor(name).shape(), tensor.shape());
        if (tensor.dtype() == DType.I8) {
          quantized.tensor(name + "_scale").requireShape(tensor.shape().getFirst(), 1);
        } else if (name.endsWith("attn_norm.weight") || name.endsWith("mlp_norm.weight")) {
          assertEquals(DType.F32, tensor.dtype(), name);
        } else {
          assertEquals(source.tensor(name).dtype(), tensor.dtype());
          assertArrayEquals(source.tensor(name).toFloats(), tensor.toFloats(), name);
        }
      }
      int linear = 4 * before.get("num_hidden_layers").getAsInt();
      assertEquals(source.names().size() + linear, quantized.names().size());
    }
  }

  @Test
  void targetsAndSourcesAreChecked() throws IOException {
    Path source = plain();
    Path target = temporary.resolve("int8");
    Models.quantize(source, target);
    assertMistake("exists already", source, target);
    assertMistake("there is no folder", source, temporary.resolve("missing/int8"));
    assertMistake("quantized already", target, temporary.resolve("again"));
    Files.copy(
        source.resolve("config.json"),
        target.resolve("config.json"),
        StandardCopyOption.REPLACE_EXISTING);
    assertMistake("8-bit integers already", target, temporary.resolve("again"));
    assertThrows(
        ModelFileException.class,
        () -> Models.quantize(temporary.resolve("missing"), temporary.resolve("again")));
    assertEquals(Set.of(target), Set.of(list(temporary)), "nothing is left behind");
  }

  private static Path[] list(Path folder) throws IOException {
    try (var content = Files.list(folder)) {
      return content.toArray(Path[]::new);
    }
  }

  private static void assertMistake(String part, Path source, Path target) {
    var e = assertThrows(IllegalArgumentException.class, () -> Models.quantize(source, target));
    assertMessage(part, e);
  }

  private static void assertMessage(String part, Exception e) {
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(part), message);
  }

  /** A quantized checkpoint of which one tensor is another one, or is not there. */
  private Path broken(String name, Writing writing) throws IOException {
    Path good = temporary.resolve("good");
    if (!Files.exists(good)) {
      Models.quantize(plain(), good);
    }
    Path folder = Files.createTempDirectory(temporary, "broken");
    Files.copy(good.resolve("config.json"), folder.resolve("config.json"));
    try (var checkpoint = Checkpoint.open(good);
        var writer = SafetensorsWriter.create(folder.resolve("model.safetensors"), Map.of())) {
      assertTrue(checkpoint.find(name).isPresent(), name);
      for (String each : checkpoint.names()) {
        if (each.equals(name)) {
          writing.write(writer, checkpoint.tensor(name));
        } else {
          writer.copy(checkpoint.tensor(each));
        }
      }
      writer.finish();
    }
    return folder;
  }

  /** Writes another tensor. */
  private interface Writing {
    void write(SafetensorsWriter writer, Tensor tensor) throws IOException;
  }

  private static void rows(SafetensorsWriter writer, Tensor like, float value) throws IOException {
    writer.begin(like.name(), Math.toIntExact(like.shape().getLast()));
    for (long row = 0; row < like.shape().getFirst(); row++) {
      var values = new float[Math.toIntExact(like.shape().getLast())];
      Arrays.fill(values, value);
      writer.row(values);
    }
  }

  private static void bytes(SafetensorsWriter writer, Tensor like, int value) throws IOException {
    writer.beginBytes(like.name(), Math.toIntExact(like.shape().getLast()));
    for (long row = 0; row < like.shape().getFirst(); row++) {
      var values = new byte[Math.toIntExact(like.shape().getLast())];
      values[values.length - 1] = (byte) value;
      writer.row(values);
    }
  }

  @Test
  void brokenFoldersAreRefused() throws IOException {
    String weight;
    try (var checkpoint = Checkpoint.open(plain())) {
      weight =
          checkpoint.names().stream()
              .filter(n -> n.endsWith("0.mlp.Wo.weight"))
              .findAny()
              .orElseThrow();
    }
    String scale = weight + "_scale";
    var wrong = new TreeMap<String, Path>();
    wrong.put("are missing", broken(scale, (writer, tensor) -> {}));
    wrong.put("found -1.0 in row 0", broken(scale, (writer, tensor) -> rows(writer, tensor, -1)));
    wrong.put(
        "found NaN in row 0", broken(scale, (writer, tensor) -> rows(writer, tensor, Float.NaN)));
    wrong.put("found I8", broken(scale, (writer, tensor) -> bytes(writer, tensor, 1)));
    wrong.put(
        "found -128 at [0, ", broken(weight, (writer, tensor) -> bytes(writer, tensor, -128)));
    wrong.put(
        "zero points",
        broken(
            weight,
            (writer, tensor) -> {
              writer.copy(tensor);
              writer.begin(tensor.name() + "_zero_point", 1);
            }));
    wrong.put(
        "expected shape",
        broken(
            scale,
            (writer, tensor) -> {
              writer.begin(tensor.name(), 1);
              writer.row(new float[1]);
            }));
    wrong.forEach((part, folder) -> {
      var e = assertThrows(ModelFileException.class, () -> ModernBertModel.load(folder));
      assertMessage(part, e);
      assertMessage(folder + "/model.safetensors", e);
      assertMessage(weight, e);
    });
  }

  @Test
  void weightsThatIntegersCannotExpressAreRefused() throws IOException {
    Path good = plain();
    Path folder = Files.createDirectory(temporary.resolve("infinite"));
    Files.copy(good.resolve("config.json"), folder.resolve("config.json"));
    try (var checkpoint = Checkpoint.open(good);
        var writer = SafetensorsWriter.create(folder.resolve("model.safetensors"), Map.of())) {
      for (String name : checkpoint.names()) {
        if (name.endsWith("0.attn.Wo.weight")) {
          rows(writer, checkpoint.tensor(name), Float.POSITIVE_INFINITY);
        } else {
          writer.copy(checkpoint.tensor(name));
        }
      }
      writer.finish();
    }
    Path target = temporary.resolve("int8");
    var e = assertThrows(ModelFileException.class, () -> Models.quantize(folder, target));
    assertMessage("row 0 has infinities or NaN", e);
    assertFalse(Files.exists(target));
  }
}
