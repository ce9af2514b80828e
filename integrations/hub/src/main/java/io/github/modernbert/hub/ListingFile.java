package io.github.modernbert.hub;

import com.google.gson.stream.JsonWriter;
import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The listing of a commit's files as the Python client keeps it, {@code trees/<commit>.json}: it
 * never changes, and tells without network whether a snapshot is complete.
 */
final class ListingFile {
  private static final System.Logger LOG = System.getLogger(ListingFile.class.getName());
  private static final int FORMAT = 1;
  private static final double LARGEST_EXACT = 0x1p53;

  private final Path file;

  ListingFile(Path file) {
    this.file = file;
  }

  /** The files of the listing; empty if it is not there or cannot be used. */
  Optional<List<RemoteFile>> read() {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(parse(Json.read(file)));
    } catch (ModelFileException e) {
      LOG.log(System.Logger.Level.DEBUG, "listing not used", e);
      return Optional.empty();
    }
  }

  private static List<RemoteFile> parse(Json json) {
    if (json.get("format_version").integer() != FORMAT) {
      throw json.get("format_version").mismatch(String.valueOf(FORMAT));
    }
    var files = new ArrayList<RemoteFile>();
    json.get("files")
        .members()
        .forEach((path, entry) -> {
          Optional<RemoteFile.Large> large =
              entry
                  .find("lfs_sha256")
                  .map(sha -> new RemoteFile.Large(sha.string(), size(entry.get("lfs_size"))));
          var found =
              new RemoteFile(
                  path,
                  size(entry.get("size")),
                  entry.get("blob_id").string(),
                  large,
                  entry.find("xet_hash").map(Json::string));
          if (!found.isValid()) {
            throw entry.mismatch("a file with its hash");
          }
          files.add(found);
        });
    return files;
  }

  /** A number of bytes. */
  static long size(Json json) {
    double value = json.number();
    if (value != Math.rint(value) || value < 0 || value > LARGEST_EXACT) {
      throw json.mismatch("a number of bytes");
    }
    return (long) value;
  }

  /** Writes it as the Python client does; that it cannot be written matters to nobody. */
  void write(List<RemoteFile> files) {
    try {
      Files.createDirectories(file.getParent());
      AtomicFile.write(file, text(files));
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "listing not kept", e);
    }
  }

  private static String text(List<RemoteFile> files) throws IOException {
    var text = new StringWriter();
    try (var json = new JsonWriter(text)) {
      json.setIndent(" ");
      json.beginObject().name("format_version").value(FORMAT).name("files").beginObject();
      for (RemoteFile each :
          files.stream().sorted(Comparator.comparing(RemoteFile::path)).toList()) {
        json.name(each.path()).beginObject();
        json.name("size").value(each.size()).name("blob_id").value(each.blobId());
        if (each.large().isPresent()) {
          json.name("lfs_sha256").value(each.large().get().sha256());
          json.name("lfs_size").value(each.large().get().size());
        }
        if (each.xetHash().isPresent()) {
          json.name("xet_hash").value(each.xetHash().get());
        }
        json.endObject();
      }
      json.endObject().endObject();
    }
    return text.toString();
  }
}
