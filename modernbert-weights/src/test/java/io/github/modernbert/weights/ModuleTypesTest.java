package io.github.modernbert.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModuleTypesTest {
  @TempDir private Path folder;

  private ModuleTypes read(String json) throws IOException {
    Files.writeString(folder.resolve(ModuleList.FILE), json);
    return ModuleTypes.read(folder);
  }

  @Test
  void modulesOfAnyKindAreListed() throws IOException {
    ModuleTypes types =
        read(
            """
            [{"name": "0", "path": "inner", "type": "sentence_transformers.models.Transformer"},
             {"name": "1", "path": "1_Dense", "type": "elsewhere.Dense"}]
            """);
    assertEquals(List.of("Transformer", "Dense"), types.types());
    assertEquals(folder.resolve("inner"), types.transformer());
  }

  @Test
  void withoutTheFileTheFolderIsTheTransformer() {
    ModuleTypes types = ModuleTypes.read(folder);
    assertEquals(folder, types.transformer());
    assertEquals(List.of(), types.types());
  }

  @Test
  void malformedFilesAreNamed() {
    Refusal.of(() -> read("[]"), ModuleList.FILE, "names no module");
    Refusal.of(() -> read("{}"), ModuleList.FILE, "an array");
    Refusal.of(
        () -> read("[{\"path\": \"../x\", \"type\": \"T\"}]"),
        ModuleList.FILE,
        "[0].path",
        "inside");
    Refusal.of(() -> read("[{\"path\": \"\"}]"), ModuleList.FILE, "'type' is missing");
    Refusal.of(() -> ModuleTypes.read(folder.resolve("missing")), "missing", "folder not found");
  }
}
