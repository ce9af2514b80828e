package io.github.modernbert.testdata;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A copy of a model's folder of which a test changes a file. */
public final class ModelCopy {
  private final Path folder;

  private ModelCopy(Path folder) {
    this.folder = folder;
  }

  /** Copies a folder with what is in it to another one, which must be empty or missing. */
  public static ModelCopy of(Path source, Path target) {
    try (var tree = Files.walk(source)) {
      for (Path file : tree.toList()) {
        Path copy = target.resolve(source.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ModelCopy(target);
  }

  /** The folder of the copy. */
  public Path folder() {
    return folder;
  }

  /** Changes a JSON object in a file. */
  public ModelCopy json(String name, Consumer<JsonObject> change) {
    Path file = folder.resolve(name);
    JsonObject json = Golden.json(file).getAsJsonObject();
    change.accept(json);
    try {
      Files.writeString(file, json.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** Gives the tensors of {@code model.safetensors} other names. */
  public ModelCopy rename(UnaryOperator<String> rename) {
    return rename("model.safetensors", rename);
  }

  /** Gives the tensors of a safetensors file other names. */
  public ModelCopy rename(String name, UnaryOperator<String> rename) {
    Path file = folder.resolve(name);
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
      var header = new byte[(int) bytes.getLong()];
      bytes.get(header);
      var renamed = new JsonObject();
      JsonObject tensors =
          JsonParser.parseString(new String(header, StandardCharsets.UTF_8)).getAsJsonObject();
      for (var tensor : tensors.asMap().entrySet()) {
        String key = tensor.getKey();
        JsonElement entry = tensor.getValue();
        renamed.add(key.equals("__metadata__") ? key : rename.apply(key), entry);
      }
      byte[] json = renamed.toString().getBytes(StandardCharsets.UTF_8);
      ByteBuffer out =
          ByteBuffer.allocate(Long.BYTES + json.length + bytes.remaining())
              .order(ByteOrder.LITTLE_ENDIAN);
      Files.write(file, out.putLong(json.length).put(json).put(bytes).array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }
}
