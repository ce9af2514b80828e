package io.github.modernbert.folders;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.files.RegularFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder and the name of a model during loading. Weights are memory-mapped, so a model that is
 * not on the default file system (a folder in a jar, the bundled model on the class path) is copied
 * to a temporary folder, which {@link #close} deletes.
 */
public final class ModelSource implements AutoCloseable {
  private static final String BUNDLED = "modernbert-mini";

  private static final String RESOURCES = "META-INF/modernbert-mini/";

  /** How the Python client's cache lays out the files of a repository. */
  private static final Pattern CACHED = Pattern.compile("models--(.+)/snapshots/[^/]+");

  private final String place;
  private final String name;
  private final Path folder;
  private final boolean isTemporary;

  private ModelSource(String place, String name, Path folder, boolean isTemporary) {
    this.place = place;
    this.name = name;
    this.folder = folder;
    this.isTemporary = isTemporary;
  }

  /** Writes the files of a model to a folder. */
  @FunctionalInterface
  private interface Copy {
    void to(Path target) throws IOException;
  }

  /** Reads what is needed of a folder. */
  @FunctionalInterface
  public interface Reader<R, E extends Exception> {
    R read(Path folder) throws E;
  }

  /**
   * The source of a model in a caller's folder. Neither its existence nor its content is checked.
   *
   * @throws ModelFileException if it cannot be copied
   */
  public static ModelSource of(Path folder) {
    if (folder.getFileSystem() == FileSystems.getDefault()) {
      return new ModelSource(folder.toString(), name(folder), folder, false);
    }
    String place = folder.toUri().toString();
    return Files.isDirectory(folder)
        ? copied(place, name(folder), target -> copy(folder, target))
        : new ModelSource(place, name(folder), folder, false);
  }

  /**
   * The source of the model in the artifact {@code modernbert-mini}.
   *
   * @throws ModelFileException if that is not there, or cannot be copied
   */
  public static ModelSource bundled() {
    return copied(BUNDLED, BUNDLED, ModelSource::copyResources);
  }

  private static ModelSource copied(String place, String name, Copy copy) {
    try {
      Path folder = Files.createTempDirectory("modernbert");
      var source = new ModelSource(place, name, folder, true);
      try {
        copy.to(folder);
        return source;
      } catch (Throwable e) {
        source.close();
        throw e;
      }
    } catch (ClosedByInterruptException e) {
      throw RegularFiles.unreadable(place, e);
    } catch (IOException e) {
      throw new ModelFileException(
          place,
          "cannot be copied to the temporary folder %s (system property java.io.tmpdir), as reading"
                  .formatted(System.getProperty("java.io.tmpdir"))
              + " it needs: "
              + e,
          e);
    }
  }

  private static void copy(Path folder, Path target) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        Path copy = target.resolve(folder.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  private static void copyResources(Path target) throws IOException {
    for (String file : resources()) {
      Path copy = target.resolve(file);
      Files.createDirectories(copy.getParent());
      try (InputStream in = open(file)) {
        Files.copy(in, copy);
      }
    }
  }

  private static List<String> resources() throws IOException {
    try (InputStream in = open("FILES")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private static InputStream open(String file) {
    InputStream in = open(ModelSource.class.getClassLoader(), file);
    if (in == null) {
      in = open(Thread.currentThread().getContextClassLoader(), file);
    }
    if (in == null) {
      throw new ModelFileException(
          BUNDLED,
          "the bundled model is not there: add the dependency"
              + " io.github.modernbert:modernbert-mini, and on the module path"
              + " 'requires io.github.modernbert.mini'");
    }
    return in;
  }

  private static @Nullable InputStream open(@Nullable ClassLoader loader, String file) {
    return loader == null
        ? ClassLoader.getSystemResourceAsStream(RESOURCES + file)
        : loader.getResourceAsStream(RESOURCES + file);
  }

  private static String name(Path folder) {
    Path whole = folder.toAbsolutePath().normalize();
    Path last = whole.getFileName();
    if (whole.getNameCount() > 2) {
      int count = whole.getNameCount();
      String end = whole.subpath(count - 3, count).toString().replace('\\', '/');
      Matcher cached = CACHED.matcher(end);
      if (cached.matches()) {
        return cached.group(1).replace("--", "/");
      }
    }
    return last == null ? folder.toUri().toString() : last.toString();
  }

  /** The folder as the caller gave it, as text, or what the bundled model is called. */
  public String place() {
    return place;
  }

  /** Whether the files are copies that {@link #close} deletes. */
  public boolean isTemporary() {
    return isTemporary;
  }

  /** The name of the model in messages: its name on the hub, or that of its folder. */
  public String name() {
    return name;
  }

  /**
   * Reads files of the folder. Exceptions name files as the caller knows them.
   *
   * @param reader gets the folder, which may be a temporary one
   */
  public <R, E extends Exception> R read(Reader<R, E> reader) throws E {
    try {
      return reader.read(folder);
    } catch (ModelFileException e) {
      if (!isTemporary) {
        throw e;
      }
      String[] parts = renamed(e).split(": ", 2);
      throw new ModelFileException(parts[0], parts[parts.length - 1], e);
    } catch (IllegalArgumentException e) {
      throw isTemporary ? new IllegalArgumentException(renamed(e), e) : e;
    }
  }

  private String renamed(RuntimeException e) {
    return String.valueOf(e.getMessage()).replace(folder.toString(), place);
  }

  /** Deletes the folder if it is temporary. */
  @Override
  public void close() {
    if (!isTemporary) {
      return;
    }
    try {
      Folders.delete(folder);
    } catch (IOException e) {
      // A temporary folder that stays behind harms nobody.
      System.getLogger(ModelSource.class.getName())
          .log(System.Logger.Level.DEBUG, "cannot delete " + folder, e);
    }
  }
}
