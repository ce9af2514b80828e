package io.github.modernbert.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.hub.HubException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Disks that are full, and caches that cannot be written. */
final class DiskTest extends HubCase {
  /** A disk that holds some bytes; it knows that, or notices it when it is full. */
  private static final class SmallDisk implements FileStorage {
    private final boolean knows;
    private long room;

    SmallDisk(long room, boolean knows) {
      this.room = room;
      this.knows = knows;
    }

    @Override
    public long usableSpace(Path file) {
      return knows ? room : Long.MAX_VALUE;
    }

    @Override
    public void write(FileChannel file, ByteBuffer bytes) throws IOException {
      int fits = (int) Math.min(room, bytes.remaining());
      ByteBuffer part = bytes.slice(bytes.position(), fits);
      FileStorage.LOCAL.write(file, part);
      room -= fits;
      if (fits < bytes.remaining()) {
        throw new IOException("No space left on device");
      }
    }
  }

  private HubException fill(FileStorage storage) {
    HubClient client = builder().storage(storage).build();
    var e = assertThrows(HubException.class, () -> client.snapshot(FakeHub.NAME));
    assertEquals(Reason.CACHE, e.reason(), e.getMessage());
    assertEquals(List.of(), pauses);
    return e;
  }

  @Test
  void aDiskWithoutRoomIsNotFilled() {
    String commit = hub.commit("main", FakeHub.smallModel());
    HubException e = fill(new SmallDisk(100_000, true));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(WEIGHTS + ": 200,000 more bytes are needed in "), message);
    assertEquals(0, hub.count(FakeHub.file(commit, WEIGHTS)));
  }

  @Test
  void aDiskThatGetsFullIsNamedAndTheDownloadGoesOnLater() {
    String commit = hub.commit("main", FakeHub.smallModel());
    HubException e = fill(new SmallDisk(100_000, false));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains("No space left on device"), message);
    assertTrue(message.contains(WEIGHTS), message);
    snapshot();
    assertTrue(
        hub.requests.stream()
            .anyMatch(request ->
                request.path().equals(stored(commit, WEIGHTS))
                    && request.range().startsWith("bytes=99")),
        hub.requests.toString());
  }

  @Test
  void aListingThatClaimsTooMuchIsRefused() {
    hub.commit("main", FakeHub.smallModel());
    String huge =
        "{\"type\":\"file\",\"path\":\"model.safetensors\",\"oid\":\"%s\",\"size\":%d}"
            .formatted("0".repeat(40), 1L << 52);
    hub.listing("[%s,%s]".formatted(FakeHub.entry("config.json", FakeHub.bytes("{}")), huge));
    hub.commit("main", Map.of("config.json", FakeHub.bytes("{}")));
    assertFails(Reason.CACHE, WEIGHTS, "4,503,599,627,370,496 more bytes are needed");
  }

  @Test
  void aCacheThatIsAFileIsNamed() throws IOException {
    hub.commit("main", FakeHub.smallModel());
    Files.writeString(cache(), "");
    assertFails(Reason.CACHE, FakeHub.NAME, cache().toString());
  }
}
