package io.github.modernbert.fuzz;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;

/** Files of weights of all kinds, whose tensors are read as floats. */
final class TensorsArea implements Area {
  private static final long LARGEST_READ = 1 << 20;

  private final String name;
  private final Path source;
  private final String ending;
  private final BiFunction<byte[], RandomGenerator, byte[]> mutation;
  private final List<Original> originals = new ArrayList<>();
  private final List<Original> valid = new ArrayList<>();
  private Path file = Path.of("");

  private record Original(Path file, byte[] bytes) {}

  /**
   * @param source the folder of the files
   * @param ending of their names
   * @param mutation changes the content of a file
   */
  TensorsArea(
      String name,
      Path source,
      String ending,
      BiFunction<byte[], RandomGenerator, byte[]> mutation) {
    this.name = name;
    this.source = source;
    this.ending = ending;
    this.mutation = mutation;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void prepare(Path folder) throws IOException {
    file = folder.resolve("x" + ending);
    try (var files = Files.list(source)) {
      for (Path each : files.filter(f -> f.toString().endsWith(ending)).sorted().toList()) {
        var original = new Original(each, Files.readAllBytes(each));
        originals.add(original);
        if (isValid(each)) {
          valid.add(original);
        }
      }
    }
  }

  private static boolean isValid(Path file) {
    try {
      Checkpoint.open(file).close();
      return true;
    } catch (ModelFileException e) {
      return false;
    }
  }

  @Override
  public Input input(RandomGenerator random) {
    // Many of the golden files are broken already, each in its own way.
    List<Original> from = random.nextInt(4) == 0 ? originals : valid;
    Original original = from.get(random.nextInt(from.size()));
    byte[] bytes = mutation.apply(original.bytes, random);
    return new Input(original.file.toString(), bytes, () -> use(bytes));
  }

  private void use(byte[] bytes) throws IOException {
    Files.write(file, bytes);
    try (var checkpoint = Checkpoint.open(file)) {
      for (String name : checkpoint.names()) {
        Tensor tensor = checkpoint.tensor(name);
        if (tensor.elementCount() <= LARGEST_READ) {
          tensor.toFloats();
        }
      }
    }
  }
}
