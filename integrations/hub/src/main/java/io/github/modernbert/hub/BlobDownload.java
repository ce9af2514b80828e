package io.github.modernbert.hub;

import io.github.modernbert.hub.HubException.Reason;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/** Brings one file's content into the cache. */
record BlobDownload(HubApi api, Sleeper sleeper, FileStorage storage) {
  private static final int PARTIAL = 206;

  /**
   * Downloads to a blob, going on from what an earlier try has left. Only what has the listed hash
   * gets the blob's name.
   *
   * @param lock held for the blob
   * @param progress hears how many bytes are there
   */
  void run(
      RepoName name,
      String commit,
      RemoteFile file,
      Path blob,
      BlobLock lock,
      LongConsumer progress)
      throws IOException {
    String part =
        lock.ownEnding()
            .map(file.etag()::concat)
            .orElseGet(() -> AtomicFile.unique(file.etag(), "incomplete"));
    Path incomplete = blob.resolveSibling(part);
    try (BlobWriter writer = BlobWriter.open(file, incomplete, storage)) {
      boolean right = false;
      // The second time from the start, in case the bytes of an earlier try were the wrong ones.
      for (int tries = 0; !right && tries < 2; tries++) {
        transfer(name, commit, file, writer, progress);
        right = writer.isRight();
        if (!right) {
          writer.restart();
        }
      }
      if (!right) {
        throw new HubException(
            Reason.CORRUPT,
            "%s: %s: what was received does not have the hash %s that the hub lists"
                .formatted(name, file.path(), file.etag()));
      }
    } catch (HubException e) {
      if (lock.ownEnding().isEmpty() || e.reason() == Reason.CORRUPT) {
        Files.deleteIfExists(incomplete);
      }
      throw e;
    }
    AtomicFile.move(incomplete, blob);
  }

  private void transfer(
      RepoName name, String commit, RemoteFile file, BlobWriter writer, LongConsumer progress) {
    var retries = new Retries(sleeper, Retries.USUAL);
    while (!writer.isComplete()) {
      retries.run(
          "%s: %s".formatted(name, file.path()),
          () -> {
            try (TimedBody body = begin(name, commit, file, writer)) {
              receive(body, writer, retries, progress);
            } catch (TransientFailure e) {
              throw e;
            } catch (IOException e) {
              throw new IOException(e.getMessage() + place(writer, file), e);
            }
            if (!writer.isComplete()) {
              throw new IOException("the connection ended" + place(writer, file));
            }
            return writer;
          });
    }
  }

  private static String place(BlobWriter writer, RemoteFile file) {
    return " after %,d of %,d bytes".formatted(writer.position(), file.bytes());
  }

  /** Asks for what is missing; a server that cannot give a part gives all. */
  private TimedBody begin(RepoName name, String commit, RemoteFile file, BlobWriter writer)
      throws IOException, InterruptedException {
    long from = writer.position();
    HttpResponse<TimedBody> answer = api.content(name, commit, file, from);
    boolean continues =
        from > 0
            && answer.statusCode() == PARTIAL
            && answer
                .headers()
                .firstValue("Content-Range")
                .map(range -> range.startsWith("bytes " + from + "-"))
                .orElse(false);
    if (from > 0 && !continues) {
      writer.restart();
      if (answer.statusCode() == PARTIAL) {
        answer.body().close();
        throw new IOException("the server gives another part than was asked for");
      }
    }
    return answer.body();
  }

  private static void receive(
      TimedBody body, BlobWriter writer, Retries retries, LongConsumer progress)
      throws IOException, InterruptedException {
    for (var bytes = body.next(); !bytes.isEmpty(); bytes = body.next()) {
      for (ByteBuffer each : bytes) {
        writer.write(each);
      }
      retries.progress();
      progress.accept(writer.position());
    }
  }
}
