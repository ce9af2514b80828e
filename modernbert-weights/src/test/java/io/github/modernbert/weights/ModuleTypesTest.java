package io.github.modernbert.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModuleTypesTest {
  @TempDir private Path folder;

  private ModuleTypes read(String json) throws IOException {
    Files.writeString(folder.resolve(ModulesReader.FILE), json);
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
    assertEquals(Optional.of(folder.resolve("1_Dense")), types.folder("Dense"));
    assertEquals(Optional.empty(), types.folder("Pooling"));
    assertTrue(types.isMultiVector());
    assertFalse(types.isSparse());
  }

  @Test
  void withoutTheFileTheFolderIsTheTransformer() {
    assertEquals(new ModuleTypes(folder, List.of(), List.of()), ModuleTypes.read(folder));
  }

  @Test
  void malformedFilesAreNamed() {
    Refusal.of(() -> read("[]"), ModulesReader.FILE, "names no module");
    Refusal.of(() -> read("{}"), ModulesReader.FILE, "an array");
    Refusal.of(
        () -> read("[{\"path\": \"../x\", \"type\": \"T\"}]"),
        ModulesReader.FILE,
        "[0].path",
        "inside");
    Refusal.of(() -> read("[{\"path\": \"\"}]"), ModulesReader.FILE, "'type' is missing");
    Refusal.of(() -> ModuleTypes.read(folder.resolve("missing")), "missing", "folder not found");
  }
}
