package io.github.modernbert.spark;

import io.github.modernbert.files.ModelFileException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileChecksum;
import org.apache.hadoop.fs.FileStatus;
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
  /** In a copy: what {@code sha256sum} writes of its files. */
  private static final String DIGESTS = ".modernbert-sha256";

  private static final int VERSION_DIGITS = 32;

  RemoteFolder {
    files = List.copyOf(files);
  }

  /**
   * A file of the folder.
   *
   * @param name its path below the folder, with slashes
   * @param size in bytes
   * @param modified when it was changed last, in milliseconds since 1970
   * @param checksum the file system's own, as text; empty if it has none. How it is computed is the
   *     file system's affair, and may depend on its blocks, so it is compared with its like alone
   */
  record RemoteFile(String name, long size, long modified, String checksum)
      implements Serializable {
    static RemoteFile of(String name, FileStatus file, FileSystem system) throws IOException {
      FileChecksum checksum = system.getFileChecksum(file.getPath());
      return new RemoteFile(
          name,
          file.getLen(),
          file.getModificationTime(),
          checksum == null ? "" : checksum.toString());
    }
  }

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
        files.add(RemoteFile.of(name, file, system));
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

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e); // Every JVM has it.
    }
  }

  private static String hex(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }

  /** Changes when a file's name, size, time or checksum does. */
  String version() {
    byte[] digest = sha256().digest(toString().getBytes(StandardCharsets.UTF_8));
    return hex(digest).substring(0, VERSION_DIGITS);
  }

  /**
   * The folder on this node's disk, copied unless another executor has done it: one copies at a
   * time, and a copy appears when it is complete. Its bytes are compared each time with what was
   * copied, by their SHA-256.
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
      MessageDigest digest = sha256();
      var digests = new StringBuilder();
      for (RemoteFile file : files) {
        Path local = inside(partial, file.name());
        Files.createDirectories(local.getParent());
        var source = new org.apache.hadoop.fs.Path(folder, file.name());
        try (InputStream in = new DigestInputStream(system.open(source), digest)) {
          Files.copy(in, local);
        }
        digests.append(hex(digest.digest())).append("  ").append(file.name()).append('\n');
        RemoteFile copied = RemoteFile.of(file.name(), system.getFileStatus(source), system);
        if (!copied.equals(file)) {
          throw new ModelFileException(
              path + "/" + file.name(),
              "changed since the job was made: listed %s, copied %s".formatted(file, copied));
        }
      }
      Files.writeString(partial.resolve(DIGESTS), digests);
      verify(partial);
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (Throwable e) {
      delete(partial);
      throw e;
    }
  }

  /** Compares a copy with what was written when it was made: damaged disks keep sizes. */
  private void verify(Path folder) throws IOException {
    Set<String> digests = Set.copyOf(Files.readAllLines(inside(folder, DIGESTS)));
    for (RemoteFile file : files) {
      Path local = inside(folder, file.name());
      MessageDigest digest = sha256();
      long size = -1;
      if (Files.isRegularFile(local)) {
        try (InputStream in = new DigestInputStream(Files.newInputStream(local), digest)) {
          size = in.transferTo(OutputStream.nullOutputStream());
        }
      }
      if (size != file.size() || !digests.contains(hex(digest.digest()) + "  " + file.name())) {
        throw new ModelFileException(
            path + "/" + file.name(),
            "its copy %s is damaged: %d bytes, expected %d with the SHA-256 in %s; delete %s"
                    .formatted(local, size, file.size(), DIGESTS, folder)
                + ", and it is copied again");
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
