package io.github.modernbert.folders;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.files.RegularFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The files of the model in {@code modernbert-mini}, for as long as loading takes. */
public final class BundledFiles implements AutoCloseable {
  public static final String NAME = "modernbert-mini";

  private static final String ROOT = "META-INF/modernbert-mini/";

  private final Path folder;

  private BundledFiles(Path folder) {
    this.folder = folder;
  }

  /** Copies the resources to a temporary folder, since weights are read by memory mapping. */
  public static BundledFiles unpack() {
    try {
      var bundled = new BundledFiles(Files.createTempDirectory("modernbert-mini"));
      try {
        for (String file : files()) {
          Path target = bundled.folder.resolve(file);
          Files.createDirectories(target.getParent());
          try (InputStream in = open(file)) {
            Files.copy(in, target);
          }
        }
        return bundled;
      } catch (Throwable e) {
        bundled.close();
        throw e;
      }
    } catch (ClosedByInterruptException e) {
      throw RegularFiles.unreadable(NAME, e);
    } catch (IOException e) {
      throw new ModelFileException(NAME, "cannot be unpacked: " + e, e);
    }
  }

  private static List<String> files() throws IOException {
    try (InputStream in = open("FILES")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private static InputStream open(String file) {
    InputStream in = open(BundledFiles.class.getClassLoader(), file);
    if (in == null) {
      in = open(Thread.currentThread().getContextClassLoader(), file);
    }
    if (in == null) {
      throw new ModelFileException(
          NAME,
          "the bundled model is not there: add the dependency"
              + " io.github.modernbert:modernbert-mini, and on the module path"
              + " 'requires io.github.modernbert.mini'");
    }
    return in;
  }

  private static @Nullable InputStream open(@Nullable ClassLoader loader, String file) {
    return loader == null
        ? ClassLoader.getSystemResourceAsStream(ROOT + file)
        : loader.getResourceAsStream(ROOT + file);
  }

  public Path folder() {
    return folder;
  }

  @Override
  public void close() {
    try {
      Folders.delete(folder);
    } catch (IOException e) {
      // A temporary folder that stays behind harms nobody.
      System.getLogger(BundledFiles.class.getName())
          .log(System.Logger.Level.DEBUG, "cannot delete " + folder, e);
    }
  }
}
