package io.github.modernbert.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;

/**
 * Whole folders of models, in which one file is changed.
 *
 * @param models folders of models
 * @param victims a regular expression of the files that are changed, by their paths in a folder
 * @param mutation changes the content of a file
 * @param use loads a model and lets it work
 */
record ModelFolderArea(
    String name,
    List<Path> models,
    String victims,
    BiFunction<byte[], RandomGenerator, byte[]> mutation,
    Use use,
    List<Victim> copied)
    implements Area {
  /** Loads a model and lets it work. */
  @FunctionalInterface
  interface Use {
    void of(Path folder) throws IOException;
  }

  /**
   * A file that is changed.
   *
   * @param folder a copy of a model's folder
   */
  record Victim(Path folder, Path file, byte[] original) {}

  ModelFolderArea(
      String name,
      List<Path> models,
      String victims,
      BiFunction<byte[], RandomGenerator, byte[]> mutation,
      Use use) {
    this(name, models, victims, mutation, use, new ArrayList<>());
  }

  @Override
  public void prepare(Path folder) throws IOException {
    for (int i = 0; i < models.size(); i++) {
      copy(models.get(i), folder.resolve(String.valueOf(i)));
    }
    if (copied.isEmpty()) {
      throw new AssertionError(name + ": there is no file to change");
    }
  }

  private void copy(Path model, Path copy) throws IOException {
    try (var tree = Files.walk(model)) {
      for (Path file : tree.filter(Files::isRegularFile).sorted().toList()) {
        String path = model.relativize(file).toString();
        if (path.startsWith("cases") || path.startsWith("expected")) {
          continue;
        }
        Path target = copy.resolve(path);
        Files.createDirectories(target.resolveSibling("."));
        Files.copy(file, target);
        if (path.matches(victims)) {
          copied.add(new Victim(copy, target, Files.readAllBytes(file)));
        }
      }
    }
  }

  @Override
  public Input input(RandomGenerator random) {
    Victim victim = copied.get(random.nextInt(copied.size()));
    byte[] bytes = mutation.apply(victim.original, random);
    return new Input(victim.file.toString(), bytes, () -> use(victim, bytes));
  }

  private void use(Victim victim, byte[] bytes) throws IOException {
    try {
      Files.write(victim.file, bytes);
      use.of(victim.folder);
    } finally {
      Files.write(victim.file, victim.original);
    }
  }
}
