package io.github.modernbert;

import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** Turns what a caller calls a model by, a folder or a name, into a folder. */
final class ModelFolder {
  private ModelFolder() {}

  /** What {@link Models#locate(String)} is. */
  static Path of(String nameOrFolder) {
    return of(nameOrFolder, installed());
  }

  /** What {@link Models#locate(String, ModelLocator)} is, for several locators. */
  static Path of(String nameOrFolder, Iterable<? extends ModelLocator> locators) {
    Arguments.notNull(nameOrFolder, "nameOrFolder");
    Optional<Path> path = existing(nameOrFolder);
    if (path.isPresent()) {
      return path.get();
    }
    boolean asked = false;
    for (ModelLocator locator : locators) {
      asked = true;
      Optional<Path> found = locator.locate(nameOrFolder);
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw new IllegalArgumentException(
        nameOrFolder
            + ": folder not found"
            + (asked
                ? ", and not the name of a model, such as organisation/name"
                : "; to load models by name add the dependency"
                    + " io.github.modernbert:modernbert-hub")
            + encodingHint(nameOrFolder));
  }

  private static Optional<Path> existing(String name) {
    try {
      return Optional.of(Path.of(name)).filter(path -> !name.isEmpty() && Files.exists(path));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** Says so if file names of this JVM cannot hold all characters of a name. */
  private static String encodingHint(String name) {
    String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
    if (!Charset.isSupported(encoding) || Charset.forName(encoding).newEncoder().canEncode(name)) {
      return "";
    }
    return "; this JVM encodes file names as %s, which cannot spell this one: set the environment variable LC_ALL to a UTF-8 locale, such as C.UTF-8, before it starts"
        .formatted(encoding);
  }

  /** Those beside this library first, then those of the application it serves. */
  private static List<ModelLocator> installed() {
    var found = new ArrayList<ModelLocator>();
    ServiceLoader.load(ModelLocator.class, ModelFolder.class.getClassLoader()).forEach(found::add);
    if (found.isEmpty()) {
      ServiceLoader.load(ModelLocator.class).forEach(found::add);
    }
    return found;
  }
}
