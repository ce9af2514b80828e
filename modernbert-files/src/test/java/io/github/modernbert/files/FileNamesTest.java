package io.github.modernbert.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonPrimitive;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FileNamesTest {
  private static final Path FOLDER = Path.of("model");

  private static Json json(String name) {
    return Json.parse("modules.json", "{\"path\":%s}".formatted(new JsonPrimitive(name)))
        .get("path");
  }

  @Test
  void namesLeadIntoTheFolder() {
    assertEquals(FOLDER, FileNames.inside(FOLDER, json("")));
    assertEquals(FOLDER.resolve("1_Pooling"), FileNames.inside(FOLDER, json("1_Pooling")));
    assertEquals(FOLDER.resolve("1_Pooling"), FileNames.inside(FOLDER, json("./1_Pooling/")));
    assertEquals(FOLDER.resolve("0/1_Pooling"), FileNames.inside(FOLDER, json("0\\1_Pooling")));
  }

  @Test
  void whatLeadsOutOrIsNoNameIsRefused() {
    for (String name : List.of("/a", "\\a", "..", "a/../b", "a\\..\\..", "C:\\a", "a:b", "a\0")) {
      Json value = json(name);
      String message =
          assertThrows(ModelFileException.class, () -> FileNames.inside(FOLDER, value))
              .getMessage();
      assertTrue(
          String.valueOf(message)
              .startsWith("modules.json: path: expected a path inside the model's folder"),
          message);
    }
  }
}
