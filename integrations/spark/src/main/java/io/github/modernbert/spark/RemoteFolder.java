package io.github.modernbert.spark;

import io.github.modernbert.files.ModelFileException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.jspecify.annotations.Nullable;

/**
 * A model's folder in a Hadoop file system (HDFS, S3 and others) as the driver listed it. Executors
 * copy what is in the list, so that all of a job's tasks use the same files.
 *
 * @param path the folder, with its file system
 * @param files all files below it, in the order of their names
 */
record RemoteFolder(String path, List<RemoteFile> files) implements Serializable {
  RemoteFolder {
    files = List.copyOf(files);
  }

  /**
   * A file of the folder.
   *
   * @param name its path below the folder, with slashes
   * @param size in bytes
   * @param modified when it was changed last, in milliseconds since 1970
   */
  record RemoteFile(String name, long size, long modified) implements Serializable {}

  /**
   * Lists a folder.
   *
   * @throws ModelFileException if there is none, or nothing in it
   * @throws IOException if the file system cannot be asked
   */
  static RemoteFolder list(String folder, Configuration hadoop) throws IOException {
    var given = new org.apache.hadoop.fs.Path(folder);
    FileSystem system = given.getFileSystem(hadoop);
    org.apache.hadoop.fs.Path root = system.makeQualified(given);
    var files = new ArrayList<RemoteFile>();
    try {
      RemoteIterator<LocatedFileStatus> all = system.listFiles(root, true);
      while (all.hasNext()) {
        LocatedFileStatus file = all.next();
        String name = root.toUri().relativize(file.getPath().toUri()).getPath();
        files.add(new RemoteFile(name, file.getLen(), file.getModificationTime()));
      }
    } catch (FileNotFoundException e) {
      throw new ModelFileException(root, "folder not found", e);
    }
    if (files.isEmpty()) {
      throw new ModelFileException(root, "has no files");
    }
    files.sort(Comparator.comparing(RemoteFile::name));
    return new RemoteFolder(root.toString(), files);
  }

  /** Changes when a file's name, size or time does. */
  String version() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e); // Every JVM has it.
    }
  }

  /**
   * The folder on this node's disk, copied unless another executor has done it: one copies at a
   * time, and a copy appears when it is complete. Its files are compared with the list each time.
   *
   * @param parent where copies of this node are kept
   * @throws ModelFileException if the files cannot be copied, or differ from the list
   */
  Path copy(Path parent) {
    Path target = parent.resolve(version());
    try {
      Files.createDirectories(parent);
      // In one JVM a second lock on a file is refused instead of waited for.
      synchronized (RemoteFolder.class) {
        Path lock = parent.resolve(version() + ".lock");
        try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
          channel.lock(); // Until the channel is closed.
          if (!Files.isDirectory(target)) {
            fetch(parent, target);
          }
        }
      }
      verify(target);
      return target;
    } catch (IOException e) {
      throw new ModelFileException(path, "cannot be copied to %s: %s".formatted(target, e), e);
    }
  }

  private void fetch(Path parent, Path target) throws IOException {
    Path partial = Files.createTempDirectory(parent, version());
    try {
      var folder = new org.apache.hadoop.fs.Path(path);
      FileSystem system =
          folder.getFileSystem(SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf()));
      for (RemoteFile file : files) {
        Path local = inside(partial, file.name());
        Files.createDirectories(local.getParent());
        try (InputStream in = system.open(new org.apache.hadoop.fs.Path(folder, file.name()))) {
          Files.copy(in, local);
        }
      }
      verify(partial);
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (Throwable e) {
      delete(partial);
      throw e;
    }
  }

  private void verify(Path folder) throws IOException {
    for (RemoteFile file : files) {
      Path local = inside(folder, file.name());
      long size = Files.exists(local) ? Files.size(local) : -1;
      if (size != file.size()) {
        throw new ModelFileException(
            path + "/" + file.name(),
            "%s has %d bytes, expected %d; the file may have changed since the job was made"
                .formatted(local, size, file.size()));
      }
    }
  }

  private Path inside(Path folder, String name) {
    Path file = folder.resolve(name).normalize();
    if (!file.startsWith(folder)) {
      throw new ModelFileException(path, "has a file named %s, outside the folder".formatted(name));
    }
    return file;
  }

  private static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException problem)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
