package io.github.modernbert.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The reference's verdict on every malformed and odd file of the golden folder. */
class SafetensorsVerdictsTest {

  @TestFactory
  List<DynamicTest> everyFileHasTheVerdictOfTheReference() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path folder : Golden.folders("safetensors", "verdicts.json")) {
      JsonObject verdicts =
          Golden.json(folder.resolve("verdicts.json")).getAsJsonObject().getAsJsonObject("files");
      Set<String> seen = new TreeSet<>();
      try (var files = Files.newDirectoryStream(folder, "*.safetensors")) {
        for (Path file : files) {
          String name = file.getFileName().toString().replaceFirst("\\.safetensors$", "");
          tests.add(dynamicTest(name, () -> check(file, verdicts.getAsJsonObject(name))));
          seen.add(name);
        }
      }
      assertEquals(new TreeSet<>(verdicts.keySet()), seen, "files with a verdict in " + folder);
    }
    Golden.report("safetensors verdicts", tests.size());
    return tests;
  }

  private static void check(Path file, JsonObject verdict) {
    if (verdict.get("accepted").getAsBoolean()) {
      assertEquals(describe(verdict), describe(file), file.toString());
    } else {
      Refusal.of(
          () -> {
            Content accepted = describe(file);
            throw new AssertionError(
                "%s: taken as %s, the reference says %s"
                    .formatted(file, accepted, verdict.get("message")));
          },
          file + ": ");
    }
  }

  private record Content(Map<String, String> tensors, @Nullable Map<String, String> metadata) {}

  private static Content describe(JsonObject verdict) {
    Map<String, String> tensors = new TreeMap<>();
    verdict
        .getAsJsonObject("tensors")
        .asMap()
        .forEach((name, tensor) -> {
          List<BigInteger> shape = new ArrayList<>();
          for (JsonElement size : tensor.getAsJsonObject().getAsJsonArray("shape")) {
            shape.add(size.getAsBigInteger());
          }
          tensors.put(name, tensor.getAsJsonObject().get("dtype").getAsString() + " " + shape);
        });
    if (verdict.get("metadata").isJsonNull()) {
      return new Content(tensors, null);
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    verdict
        .getAsJsonObject("metadata")
        .asMap()
        .forEach((key, value) -> metadata.put(key, value.getAsString()));
    return new Content(tensors, metadata);
  }

  private static Content describe(Path file) {
    Map<String, String> tensors = new TreeMap<>();
    try (Checkpoint checkpoint = Checkpoint.open(file);
        var arena = Arena.ofConfined()) {
      for (String name : checkpoint.names()) {
        Tensor tensor = checkpoint.tensor(name);
        List<String> shape = tensor.shape().stream().map(Long::toUnsignedString).toList();
        tensors.put(name, tensor.dtype() + " " + shape);
      }
      return new Content(tensors, SafetensorsFile.open(file, arena).header().metadata().texts());
    }
  }
}
