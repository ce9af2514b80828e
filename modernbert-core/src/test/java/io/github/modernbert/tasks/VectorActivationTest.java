package io.github.modernbert.tasks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.config.ActivationFunction;
import io.github.modernbert.encoder.Activations;
import io.github.modernbert.files.Json;
import io.github.modernbert.kernels.KernelSelection;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.testdata.Golden;
import java.lang.foreign.Arena;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The activations of {@code torch.nn} against torch in float64. */
final class VectorActivationTest {
  private static JsonObject golden() {
    return Golden.json(
            Golden.project().resolve("src-test-data/golden-extra/activations/torch.json"))
        .getAsJsonObject();
  }

  private static float[] floats(JsonArray values) {
    var floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values.get(i).getAsDouble();
    }
    return floats;
  }

  @TestFactory
  Stream<DynamicTest> valuesAreThoseOfTorch() {
    JsonObject golden = golden();
    float[] x = floats(golden.getAsJsonArray("x"));
    Map<String, JsonElement> values = golden.getAsJsonObject("values").asMap();
    Golden.report("activations of torch", values.size());
    return values.entrySet().stream()
        .map(entry ->
            dynamicTest(
                entry.getKey(), () -> check(entry.getKey(), x, entry.getValue().getAsJsonArray())));
  }

  private static void check(String torchClass, float[] x, JsonArray truth) {
    var function = ActivationFunction.ofTorchClass(Json.parse("x", "\"" + torchClass + "\""));
    float[] found = VectorActivation.apply(function, x.clone());
    // Functions of the kernels are polynomials in float32, the others float64 rounded once.
    boolean exact = Activations.find(function).isEmpty();
    for (int i = 0; i < x.length; i++) {
      double expected = truth.get(i).getAsDouble();
      double ulp = Math.ulp((float) expected);
      double allowed = exact ? 0.5001 * ulp : Math.max(8 * ulp, 1e-6 * Math.abs(x[i]));
      assertEquals(expected, found[i], allowed, torchClass + " at " + x[i]);
    }
    requireTheSameOfMatrix(function, x, found);
  }

  private static void requireTheSameOfMatrix(
      ActivationFunction function, float[] x, float[] expected) {
    for (String kernels : new String[] {"portable", "vector"}) {
      try (Arena arena = Arena.ofConfined()) {
        Matrix rows = Matrix.allocate(arena, 2, x.length);
        rows.setRow(1, x);
        VectorActivation.apply(function, KernelSelection.select(kernels), rows);
        assertArrayEquals(expected, rows.row(1), kernels);
      }
    }
  }

  @Test
  void notANumberStaysWhatItIs() {
    for (ActivationFunction function : ActivationFunction.values()) {
      if (Activations.find(function).isEmpty()) {
        float[] y = VectorActivation.apply(function, new float[] {Float.NaN});
        assertEquals(Float.NaN, y[0], function.name());
      }
    }
  }
}
