package io.github.modernbert.tokenizer;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.tokenizer.decoder.Decoder;
import io.github.modernbert.tokenizer.normalizer.Normalizer;
import io.github.modernbert.tokenizer.pretokenizer.Part;
import io.github.modernbert.tokenizer.pretokenizer.PreTokenizedString;
import io.github.modernbert.tokenizer.pretokenizer.PreTokenizer;
import io.github.modernbert.tokenizer.text.NormalizedString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Single components, and files that the reference refuses. */
class GoldenComponentsTest {
  @Test
  void normalizers() {
    List<JsonObject> rows = rows("normalizers");
    for (JsonObject row : rows) {
      Normalizer normalizer = Normalizer.read(component(row, "normalizer"));
      NormalizedString text = NormalizedString.of(row.get("text").getAsString());
      assertEquals(
          row.get("result").getAsString(), normalizer.normalize(text).text(), row::toString);
    }
    Golden.report("normalizer results", rows.size());
  }

  @Test
  void preTokenizers() {
    List<JsonObject> rows = rows("pre_tokenizers");
    for (JsonObject row : rows) {
      PreTokenizer preTokenizer = PreTokenizer.read(component(row, "pre_tokenizer"));
      String source = row.get("text").getAsString();
      List<Part> whole = new ArrayList<>(List.of(Part.text(NormalizedString.of(source))));
      var text = new PreTokenizedString(whole);
      preTokenizer.preTokenize(text);
      var pieces = new JsonArray();
      for (Part part : text.separate()) {
        var offsets = new JsonArray();
        offsets.add(source.codePointCount(0, part.string().originalStart()));
        offsets.add(source.codePointCount(0, part.string().originalEnd()));
        var piece = new JsonArray();
        piece.add(part.string().text());
        piece.add(offsets);
        pieces.add(piece);
      }
      assertEquals(row.get("pieces"), pieces, row::toString);
    }
    Golden.report("pre-tokenizer results", rows.size());
  }

  /** Where the reference panics there is nothing to compare, but an answer there must be. */
  @Test
  void decoders() {
    List<JsonObject> rows = rows("decoders");
    for (JsonObject row : rows) {
      Decoder decoder = Decoder.read(component(row, "decoder"));
      List<String> tokens =
          row.getAsJsonArray("tokens").asList().stream().map(JsonElement::getAsString).toList();
      String decoded = assertDoesNotThrow(() -> String.join("", decoder.decode(tokens)));
      if (row.get("result").isJsonPrimitive()) {
        assertEquals(row.get("result").getAsString(), decoded, row::toString);
      }
    }
    Golden.report("decoder results", rows.size());
  }

  @Test
  void verdicts() {
    // Seeds other than the first have no such file.
    Optional<Path> file = Golden.large("tokenizers/refused.jsonl.gz");
    if (file.filter(Files::exists).isEmpty()) {
      Golden.skipped("tokenizers/refused", "it is not in this folder nor in ../shared/golden");
      return;
    }
    int cases = 0;
    for (JsonElement line : Golden.jsonLines(file.get())) {
      JsonObject row = line.getAsJsonObject();
      String name = row.get("name").getAsString();
      String document = row.get("tokenizer").toString();
      boolean isRandom = row.has("note") && row.get("note").getAsString().contains("random");
      if (row.get("accepted").getAsBoolean() && !isRandom) {
        int[] ids = Tokenizer.parse(name, document).encode("hello the world zzz").ids();
        var actual = new JsonArray();
        for (int id : ids) {
          actual.add(id);
        }
        assertEquals(row.getAsJsonArray("ids"), actual, name);
      } else {
        assertThrows(ModelFileException.class, () -> Tokenizer.parse(name, document), name);
      }
      cases++;
    }
    Golden.report("verdicts on tokenizer files", cases);
  }

  private static List<JsonObject> rows(String components) {
    Path folder = Golden.root().resolve("tokenizers/components");
    return Golden.jsonLines(folder.resolve(components + ".jsonl.gz")).stream()
        .map(JsonElement::getAsJsonObject)
        .toList();
  }

  private static Json component(JsonObject row, String key) {
    return Json.parse(key, row.get(key).toString());
  }
}
