package io.github.modernbert.tokenizer.normalizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.tokenizer.text.NormalizedString;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PrecompiledTest {
  private static final List<JsonElement> LINES =
      Golden.jsonLines(
          Golden.project().resolve("src-test-data/golden-extra/unicode/precompiled.jsonl.gz"));

  private static final String CHARSMAP = LINES.getFirst().getAsString();

  @Test
  void sameTextAndAlignment() {
    Normalizer normalizer = normalizer(CHARSMAP);
    for (JsonElement line : LINES.subList(1, LINES.size())) {
      JsonArray expected = line.getAsJsonArray();
      String text = expected.get(0).getAsString();
      NormalizedString normalized = normalizer.normalize(NormalizedString.of(text));
      String result = normalized.text();
      var originals = new JsonArray();
      for (int i = 0; i < result.length(); i = result.offsetByCodePoints(i, 1)) {
        originals.add(text.substring(normalized.start(i), normalized.end(i)));
      }
      assertEquals(expected.get(1).getAsString(), result, line::toString);
      assertEquals(expected.get(2), originals, line::toString);
    }
    Golden.report("texts under a random precompiled_charsmap", LINES.size() - 1);
  }

  @Test
  void damageIsNamed() {
    byte[] charsmap = Base64.getDecoder().decode(CHARSMAP);
    var random = new Random(1);
    String text =
        LINES.stream().skip(1).limit(300).map(PrecompiledTest::text).reduce("", String::concat);
    int refused = 0;
    for (int round = 0; round < 300; round++) {
      byte[] damaged = charsmap.clone();
      for (int i = 0; i < 50; i++) {
        damaged[random.nextInt(4 + random.nextInt(damaged.length - 4))] = (byte) random.nextInt();
      }
      try {
        normalizer(Base64.getEncoder().encodeToString(damaged))
            .normalize(NormalizedString.of(text));
      } catch (ModelFileException e) {
        assertTrue(String.valueOf(e.getMessage()).contains("precompiled_charsmap"), e.getMessage());
        refused++;
      }
    }
    assertTrue(refused > 0);
  }

  @Test
  void otherTextThanBase64IsRefused() {
    assertThrows(ModelFileException.class, () -> normalizer("*"));
    assertThrows(ModelFileException.class, () -> normalizer(""));
    assertThrows(ModelFileException.class, () -> normalizer("AAAA"));
  }

  private static String text(JsonElement line) {
    return line.getAsJsonArray().get(0).getAsString();
  }

  private static Normalizer normalizer(String charsmap) {
    var json = new JsonObject();
    json.addProperty("type", "Precompiled");
    json.addProperty("precompiled_charsmap", charsmap);
    return Normalizer.read(Json.parse("tokenizer.json", json.toString()));
  }
}
